import { assertEquals } from "@std/assert";
import { CHROMIUM, isCounted, reads, serveWithPage, Visitors, write } from "../support/browser.ts";
import { Process } from "../support/chat_process.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = CHROMIUM === undefined;

Deno.test("messages on their way survive a reload: each is sent once, or is a draft again", {
  ignore,
}, async () => {
  using folder = new TempFolder();
  const { process, url } = await serveWithPage(folder.path);
  await using _first = process;
  await using visitors = await Visitors.arrive();
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
  const address = `127.0.0.1:${new URL(url).port}`;
  await using second = new Process(["serve", "--listen", address, "--data", folder.path]);
  await second.stdout(/Listening/);
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
