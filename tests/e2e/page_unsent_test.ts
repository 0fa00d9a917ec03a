import { assertEquals } from "@std/assert";
import { CHROMIUM, isCounted, openPage, reads, serveAgain, write } from "../support/browser.ts";
import { IrcClient } from "../support/irc_client.ts";

const ignore = CHROMIUM === undefined;

Deno.test("messages on their way survive a reload: each is sent once, or is a draft again", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, process, visitors } = parts;
  const bob = await visitors.join(url, "bob");
  await bob.getByText("The name bob is yours now").waitFor();
  await write(bob, "hello");
  await reads(bob, "hello");
  const draft = () => bob.locator(".composer textarea").inputValue();
  const said = () => bob.locator(".message:not(.waiting) .text").allTextContents();
  const other = await bob.context().newPage();
  await other.goto(url);
  await reads(other, "hello");

  // The server reads this message only after the page was closed.
  process.kill("SIGSTOP");
  await write(bob, "in a tunnel");
  await bob.getByText("on its way").waitFor();
  await bob.goto("about:blank");
  process.kill("SIGCONT");
  await bob.goto(url);
  await reads(bob, "in a tunnel");
  assertEquals(await draft(), "");

  // One message is lost with the connection, and two wait for the next.
  process.kill("SIGSTOP");
  await write(bob, "lost with the server");
  await bob.getByText("on its way").waitFor();
  process.kill("SIGKILL");
  await bob.getByText("what you write is kept").waitFor();
  await write(bob, "hello");
  await write(bob, "it waits");
  await isCounted(bob.locator(".waiting"), 2);
  await bob.goto("about:blank");
  await using _second = await serveAgain(parts);
  await bob.goto(url);
  await reads(bob, "it waits");
  await reads(other, "it waits");
  await bob.locator(".waiting").first().waitFor({ state: "detached" });
  assertEquals(await said(), ["hello", "in a tunnel", "hello", "it waits"]);
  assertEquals(await draft(), "lost with the server");
  await other.reload();
  await bob.reload();
  await reads(bob, "it waits");
  assertEquals(await said(), ["hello", "in a tunnel", "hello", "it waits"]);
  assertEquals(await draft(), "lost with the server");
});

Deno.test("a message that has arrived is found behind many others, and is no draft again", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, process, visitors } = parts;
  const bob = await visitors.join(url, "bob");
  await bob.getByText("The name bob is yours now").waitFor();
  const port = Number(new URL(url).port);
  await using ada = await IrcClient.register(port, { nick: "ada", join: "#lobby" });
  process.kill("SIGSTOP");
  await write(bob, "in a tunnel");
  await bob.getByText("on its way").waitFor();
  await bob.goto("about:blank");
  process.kill("SIGCONT");
  await ada.until("PRIVMSG");
  await ada.send(...Array.from({ length: 500 }, (_, i) => `PRIVMSG #lobby :line ${i}.`));
  await ada.ask("PING done");
  await bob.goto(url);
  await reads(bob, "line 499.");
  assertEquals(await bob.locator(".composer textarea").inputValue(), "");
});
