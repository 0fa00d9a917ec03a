import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";
import { IrcClient } from "../support/irc_client.ts";

const ignore = CHROMIUM === undefined;

/** Returns the texts of the messages below the line "New"; undefined if there is no such line. */
async function newTexts(page: Page): Promise<readonly string[] | undefined> {
  if (await page.locator(".divider.new").count() === 0) return undefined;
  return await page.locator(".divider.new ~ .message .text").allTextContents();
}

/** Shows the room `name`. */
async function go(page: Page, name: string): Promise<void> {
  await page.locator("nav .conversation").filter({ hasText: name }).click();
  await page.getByRole("log", { name: `Messages in ${name}` }).waitFor();
}

Deno.test("after a reload, new messages are below the line New, and mentions are marked", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const port = Number(new URL(url).port);
  await using ada = await IrcClient.register(port, { nick: "ada", join: "#trip" });
  const bob = await visitors.join(url, "bob");
  await bob.getByText("The name bob is yours now").waitFor();
  await write(bob, "/join #trip");
  await bob.getByRole("log", { name: "Messages in #trip" }).waitFor();
  await write(bob, "/join #empty");
  await bob.getByRole("log", { name: "Messages in #empty" }).waitFor();
  await go(bob, "#trip");
  await ada.send("PRIVMSG #trip :bob, are you there?", "PRIVMSG #trip :we go by train");
  await reads(bob, "we go by train");
  await bob.locator(".for-me .text", { hasText: "bob, are you there?" }).waitFor();
  await go(bob, "#lobby");

  await bob.reload();
  await go(bob, "#trip");
  await bob.locator(".for-me .text", { hasText: "bob, are you there?" }).waitFor();
  await reads(bob, "we go by train");
  assertEquals(await newTexts(bob), undefined);
  await go(bob, "#empty");
  assertEquals(await newTexts(bob), undefined);
  await go(bob, "#lobby");

  await bob.reload();
  await bob.getByRole("log", { name: "Messages in #lobby" }).waitFor();
  await ada.send("PRIVMSG #trip :or by bus");
  await bob.locator("nav .conversation", { hasText: "#trip" }).locator(".unread").waitFor();
  await go(bob, "#trip");
  await reads(bob, "or by bus");
  assertEquals(await newTexts(bob), ["or by bus"]);
  assertEquals(visitors.complaints, []);
});

Deno.test("the line New outlasts a reload, but a new tab has none", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const port = Number(new URL(url).port);
  await using ada = await IrcClient.register(port, { nick: "ada", join: "#lobby" });
  const bob = await visitors.join(url, "bob");
  await bob.getByText("The name bob is yours now").waitFor();
  await write(bob, "good night");
  await reads(bob, "good night");
  await bob.goto("about:blank");
  await ada.ask("PRIVMSG #lobby :good morning");
  await ada.ask("PRIVMSG #lobby :tea?");
  await bob.goto(url);
  await bob.locator(".divider.new").waitFor();
  assertEquals(await newTexts(bob), ["good morning", "tea?"]);
  await bob.reload();
  await bob.locator(".divider.new").waitFor();
  await write(bob, "yes");
  await reads(bob, "yes");
  assertEquals((await newTexts(bob))?.[0], "good morning");
  await bob.reload();
  await reads(bob, "yes");
  assertEquals((await newTexts(bob))?.[0], "good morning");
  const tab = await bob.context().newPage();
  await tab.goto(url);
  await reads(tab, "yes");
  assertEquals(await newTexts(tab), undefined);

  // A room that the user has left and joined again has no line.
  await write(bob, "/part");
  await bob.getByRole("button", { name: "Join again" }).click();
  await reads(bob, "yes");
  assertEquals(await newTexts(bob), undefined);
  await bob.reload();
  await reads(bob, "yes");
  assertEquals(await newTexts(bob), undefined);
  assertEquals(visitors.complaints, []);
});

Deno.test(
  "a button leads to the first of many new messages, and another counts new messages below",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const port = Number(new URL(url).port);
    await using ada = await IrcClient.register(port, { nick: "ada", join: "#lobby" });
    const bob = await visitors.join(url, "bob");
    await bob.getByText("The name bob is yours now").waitFor();
    await write(bob, "good night");
    await reads(bob, "good night");
    await bob.goto("about:blank");
    await ada.send(...Array.from({ length: 500 }, (_, i) => `PRIVMSG #lobby :line ${i}.`));
    await ada.ask("PING done");
    await bob.goto(url);
    await reads(bob, "line 499.");
    await bob.getByRole("button", { name: "500 new: go to the first" }).click();
    const first = bob.locator(".message .text", { hasText: "line 0." });
    await first.waitFor();
    assertEquals((await newTexts(bob))?.[0], "line 0.");
    await bob.getByRole("button", { name: "go to the first" }).waitFor({ state: "detached" });

    await ada.send("PRIVMSG #lobby :you are late", "PRIVMSG #lobby :bob, wake up");
    await bob.getByRole("button", { name: "2 new below, 1 for you" }).click();
    await reads(bob, "bob, wake up");
    await bob.locator(".to-end").waitFor({ state: "detached" });
    assertEquals(visitors.complaints, []);
  },
);
