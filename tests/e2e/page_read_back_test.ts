import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, isCounted, openPage, reads, write } from "../support/browser.ts";
import { IrcClient } from "../support/irc_client.ts";

const ignore = CHROMIUM === undefined;
/** The number of messages that are more than the page loads at first. */
const LINES = 120;

/** Returns the message with `text`. */
function message(page: Page, text: string) {
  return page.locator(".message").filter({ has: page.locator(".text", { hasText: text }) }).first();
}

/** Scrolls up until the first message, which has this text, is there. */
async function scrollUpTo(page: Page, text: string): Promise<void> {
  const oldest = page.locator(".message .text").first();
  for (;;) {
    const shown = await oldest.innerText();
    if (shown === text) return;
    await page.getByRole("log").evaluate((list) => list.scrollTop = 0);
    await oldest.filter({ hasNotText: shown }).waitFor();
  }
}

Deno.test("messages read back from the history have their reactions, quotes and edits", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const caps = "echo-message message-tags draft/message-redaction";
  const port = Number(new URL(url).port);
  await using bob = await IrcClient.register(port, { nick: "bob", caps, join: "#lobby" });
  const say = async (text: string, tags = "") => {
    const [said] = await bob.askMessages(`${tags}PRIVMSG #lobby :${text}`);
    return said?.tags?.get("msgid") ?? "";
  };
  const react = (id: string, tag: string, text: string) =>
    bob.ask(`@+draft/reply=${id};+draft/${tag}=${text} TAGMSG #lobby`);
  const question = await say("who has the kettle?");
  await say("I have it.", `@+draft/reply=${question} `);
  const mistake = await say("a mistaek");
  await react(mistake, "react", "👀");
  await bob.send(`REDACT #lobby ${mistake} edited`);
  await say("a mistake", `@+draft/reply=${mistake};+draft/edit=${mistake} `);
  const reply = await say("Me to.", `@+draft/reply=${question} `);
  await bob.send(`REDACT #lobby ${reply} edited`);
  await say("Me too.", `@+draft/reply=${question};+draft/edit=${reply} `);
  for (let i = 0; i < LINES; i++) await say(`line ${i}.`, `@+draft/reply=${question} `);
  // They come from a later part of the history than their message.
  await react(question, "react", "👍");
  await react(question, "react", "🎉");
  await react(question, "unreact", "🎉");
  const last = await say("the last one");
  await react(last, "react", "🚀");

  const ada = await visitors.join(url, "ada");
  await message(ada, "the last one").getByRole("button", { name: "🚀 1" }).waitFor();
  await scrollUpTo(ada, "who has the kettle?");
  const old = message(ada, "who has the kettle?");
  await old.getByRole("button", { name: "👍 1", pressed: false }).click();
  await old.getByRole("button", { name: "👍 2", pressed: true }).waitFor();
  await isCounted(old.locator(".reactions button"), 1);
  await message(ada, "I have it.").getByRole("button", { name: "bob: who has the kettle?" })
    .waitFor();
  const edited = message(ada, "a mistake (edited)");
  await edited.getByRole("button", { name: "👀 1" }).waitFor();
  assertEquals(await edited.locator(".answers").count(), 0);
  await message(ada, "Me too. (edited)").getByRole("button", { name: "bob: who has the kettle?" })
    .waitFor();

  // The same after a reload, and for a reply to a message that is read later than the reply.
  await ada.locator(".to-end").click();
  await write(ada, "good");
  await reads(ada, "good");
  await ada.reload();
  await message(ada, "the last one").getByRole("button", { name: "🚀 1" }).waitFor();
  await scrollUpTo(ada, "who has the kettle?");
  await old.getByRole("button", { name: "👍 2", pressed: true }).click();
  await old.getByRole("button", { name: "👍 1", pressed: false }).waitFor();
  // A message that was read back can be deleted for all to see.
  await bob.send(`REDACT #lobby ${question}`);
  await ada.getByText("bob deleted a message").first().waitFor();
  await message(ada, "I have it.").getByRole("button", { name: "Reply to an earlier" }).waitFor();
  assertEquals(visitors.complaints, []);
});

Deno.test(
  "a reply quotes the message that it answers once that message is read",
  { ignore },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const port = Number(new URL(url).port);
    const caps = "echo-message message-tags";
    await using bob = await IrcClient.register(port, { nick: "bob", caps, join: "#lobby" });
    const [question] = await bob.askMessages("PRIVMSG #lobby :who has the kettle?");
    const tag = `@+draft/reply=${question?.tags?.get("msgid")}`;
    for (let i = 0; i < LINES; i++) await bob.ask(`${tag} PRIVMSG #lobby :line ${i}.`);
    // On a screen as high as this, the page reads all of the history by itself.
    const ada = await visitors.join(url, "ada", { viewport: { width: 1000, height: 9000 } });
    await message(ada, "line 119.").getByRole("button", { name: "bob: who has the kettle?" })
      .waitFor();
    await ada.getByRole("button", { name: "Reply to an earlier" }).first()
      .waitFor({ state: "detached" });
  },
);
