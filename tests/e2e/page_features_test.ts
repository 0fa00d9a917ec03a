import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, openPage, reads, sendFiles, write } from "../support/browser.ts";
import { Process } from "../support/chat_process.ts";

const ignore = CHROMIUM === undefined;
/** The number of messages after which the first one is far away. */
const LINES = 300;

/** Returns the message with `text`. */
function message(page: Page, text: string) {
  return page.locator(".message").filter({ has: page.locator(".text", { hasText: text }) }).first();
}

/** Clicks a button of the message with `text`. */
async function act(page: Page, text: string, name: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name }).click();
}

/** Returns the text of the field. */
function draft(page: Page): Promise<string> {
  return page.locator(".composer textarea").inputValue();
}

/** Resolves once the message with `text` has the focus; checks that the user sees it. */
async function isReached(page: Page, text: string): Promise<void> {
  await page.locator(".message:focus").filter({ hasText: text }).waitFor();
  const place = await page.locator(".message:focus").boundingBox();
  const list = await page.getByRole("log").boundingBox();
  assert(place && list && place.y >= list.y && place.y + place.height <= list.y + list.height);
}

Deno.test(
  "a reply leads to the message that it answers, even if the list does not show that message",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.join(url, "ada");
    const question = "who has the kettle?";
    await write(ada, question);
    await reads(ada, question);
    await act(ada, question, "Reply");
    await write(ada, "not me");
    await message(ada, "not me").getByRole("button", { name: `ada: ${question}` }).click();
    await isReached(ada, question);

    await act(ada, question, "Reply");
    const lines = Array.from({ length: LINES }, (_, index) => `line ${index}.`).join("\n");
    await Process.run(["connect", new URL(url).host, "--nick", "pipe"], `${lines}\n`);
    await reads(ada, `line ${LINES - 1}.`);
    await write(ada, "I found it");
    await reads(ada, "I found it");
    // The list has the message, but only messages near the visible ones have elements.
    assertEquals(await message(ada, question).count(), 0);
    await message(ada, "I found it").getByRole("button", { name: `ada: ${question}` }).click();
    await isReached(ada, question);
    // The page of another user has not read so far back.
    const bob = await visitors.join(url, "bob");
    await message(bob, "I found it").getByRole("button", { name: "Reply to an earlier" }).click();
    await isReached(bob, question);
    // From there, the list goes on to the newest message.
    await message(bob, "line 0.").waitFor();
    await bob.getByRole("button", { name: "To the newest message" }).click();
    await reads(bob, "I found it");
  },
);

Deno.test("emoji are picked from all, or completed from their names", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const field = ada.locator(".composer textarea");
  await field.fill("to the moon!");
  await field.press("Home");
  await ada.getByRole("button", { name: "Emoji", exact: true }).click();
  await ada.getByLabel("Name of an emoji").fill("rocket");
  await ada.keyboard.press("Enter");
  assertEquals(await draft(ada), "🚀to the moon!");
  await field.press("Enter");
  await reads(ada, "🚀to the moon!");
  await field.pressSequentially("great :tad");
  await field.press("Tab");
  assertEquals(await draft(ada), "great 🎉");

  await act(ada, "to the moon!", "React");
  await act(ada, "to the moon!", "Other");
  await ada.getByRole("button", { name: "🦄 unicorn" }).click();
  await ada.getByRole("button", { name: "🦄 1", pressed: true }).waitFor();
});

Deno.test("each conversation has a draft of its own", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await write(ada, "/join kitchen");
  await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
  await ada.locator(".composer textarea").fill("for the cooks");
  await ada.keyboard.press("Alt+ArrowUp");
  await ada.getByRole("heading", { name: "#lobby" }).waitFor();
  assertEquals(await draft(ada), "");
  await ada.locator(".composer textarea").fill("for all");
  await ada.keyboard.press("Alt+ArrowDown");
  await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
  assertEquals(await draft(ada), "for the cooks");
});

Deno.test(
  "on a phone, the rooms and the people slide in, and Escape or a tap beside them ends that",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    await visitors.join(url, "ada");
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
    const bob = await visitors.join(url, "bob", phone);
    const people = bob.locator(".members");
    assert(!await people.isVisible());
    await bob.getByRole("button", { name: "2 people" }).tap();
    await people.waitFor();
    await bob.keyboard.press("Escape");
    await people.waitFor({ state: "hidden" });
    await bob.getByRole("button", { name: "Rooms and people" }).tap();
    await bob.getByText("You are bob").waitFor();
    await bob.locator(".backdrop").tap({ position: { x: 350, y: 300 } });
    await bob.getByText("You are bob").waitFor({ state: "hidden" });
    await bob.getByRole("button", { name: "2 people" }).tap();
    await people.getByRole("button", { name: "ada" }).tap();
    await bob.getByRole("heading", { name: "ada" }).waitFor();
    await people.waitFor({ state: "detached" });
    // Nothing is wider than the screen.
    assertEquals(await bob.evaluate("document.documentElement.scrollWidth"), 360);
  },
);

Deno.test("a click on a picture enlarges it, and Escape closes it", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  const large = { width: 1440, height: 900 };
  await ada.setViewportSize(large);
  await ada.getByLabel("Send files").setInputFiles({
    name: "kettle.png",
    mimeType: "image/png",
    buffer: await ada.screenshot(),
  });
  await sendFiles(ada);
  const picture = ada.getByRole("img", { name: "Picture kettle.png" });
  const viewer = ada.getByRole("dialog", { name: "Picture kettle.png" });
  await picture.click();
  await viewer.waitFor();
  const height = async () => (await viewer.getByRole("img").boundingBox())?.height ?? 0;
  assert(await height() > 0.9 * large.height, `${await height()} pixels high`);
  await ada.setViewportSize({ width: 360, height: 740 });
  const { width = 0 } = await viewer.getByRole("img").boundingBox() ?? {};
  assert(width > 340, `${width} pixels wide`);
  await ada.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
  assertEquals(visitors.complaints, []);
});

Deno.test("an upload ends when the server goes silent, and says so", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.open("about:blank");
  await ada.clock.install();
  await ada.goto(url);
  await ada.getByLabel("Your name here").fill("ada");
  await ada.getByRole("button", { name: "Join", exact: true }).click();
  await ada.getByText("The name ada is yours now").waitFor();
  const arrived = Promise.withResolvers<void>();
  await ada.route("**/-/files", () => arrived.resolve());
  await ada.getByLabel("Send files").setInputFiles({
    name: "kettle.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("tea"),
  });
  await sendFiles(ada);
  await arrived.promise;
  await ada.clock.runFor("05:01");
  await ada.getByText("kettle.txt was not uploaded: the server").waitFor();
  await ada.getByText("Uploading kettle.txt").waitFor({ state: "detached" });
});

Deno.test("a message is deleted at the second click only", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await write(ada, "stays");
  await reads(ada, "stays");
  await act(ada, "stays", "Delete");
  await message(ada, "stays").getByRole("button", { name: "Delete for all" }).waitFor();
  await ada.locator(".composer textarea").focus();
  await message(ada, "stays").getByRole("button", { name: "Delete", exact: true }).waitFor({
    state: "attached",
  });
  await act(ada, "stays", "Delete");
  await act(ada, "stays", "Delete for all");
  await ada.getByText("ada deleted a message").waitFor();
});

Deno.test("the keyboard alone reaches messages, their buttons, search and answers", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  for (const text of ["first", "second", "third"]) {
    await write(ada, text);
    // With an id, the message is confirmed, and not only on its way.
    await ada.locator(".message[data-id]").filter({ hasText: text }).waitFor();
  }
  await ada.getByRole("log").focus();
  await ada.keyboard.press("ArrowUp");
  await ada.keyboard.press("ArrowUp");
  // React, then Reply.
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Enter");
  await ada.getByText("Replying to ada").waitFor();
  await ada.locator(".composer textarea:focus").waitFor();
  await ada.keyboard.type("an answer");
  await ada.keyboard.press("Enter");
  await message(ada, "an answer").getByRole("button", { name: "ada: second" }).waitFor();
  await ada.getByRole("searchbox").focus();
  await ada.keyboard.type("second");
  await ada.keyboard.press("Enter");
  await ada.locator(".answer").filter({ hasText: "1 result" }).waitFor();
  assertEquals(await ada.getByRole("button", { name: "More results" }).count(), 0);
  await ada.locator(".composer textarea").focus();
  await ada.keyboard.press("Escape");
  await ada.locator(".answer").waitFor({ state: "detached" });
});

Deno.test("a narrow screen has the topic, with its links", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada", { viewport: { width: 360, height: 740 } });
  await write(ada, "/topic rules: https://example.org/rules");
  const link = ada.locator(".topic").getByRole("link", { name: "https://example.org/rules" });
  await link.waitFor();
  assertEquals(await link.getAttribute("href"), "https://example.org/rules");
  await write(ada, "/query bob");
  await ada.getByText("This is the beginning of your conversation with bob.").waitFor();
  assertEquals(await ada.locator(".topic").textContent(), "");
});

Deno.test("an upload says where it goes and how far it is, and can be cancelled", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  await ada.route("**/-/files", async (route) => {
    await isOver;
    await route.abort().catch(() => {});
  });
  const file = { name: "kettle.txt", mimeType: "text/plain", buffer: Buffer.from("tea") };
  await ada.getByLabel("Send files").setInputFiles(file);
  await sendFiles(ada);
  const status = ada.getByRole("status").filter({
    hasText: "Uploading kettle.txt to #lobby … 0 %",
  });
  await status.waitFor();
  await ada.getByRole("button", { name: "Cancel" }).click();
  await status.waitFor({ state: "detached" });
  end();
  await write(ada, "no kettle");
  await reads(ada, "no kettle");
  assertEquals(await ada.getByText("kettle.txt").count(), 0);
});

Deno.test("a search marks its words, and leads back from a result to the others", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  for (const text of ["the Kettle is on", "no tea (yet)", "which kettle?"]) {
    await write(ada, text);
    await reads(ada, text);
  }
  await ada.getByRole("searchbox").fill("kettle");
  await ada.getByRole("searchbox").press("Enter");
  const results = ada.locator("button.result");
  await results.first().waitFor();
  assertEquals(await ada.locator(".answer mark").allInnerTexts(), ["Kettle", "kettle"]);
  await results.first().click();
  await isReached(ada, "the Kettle is on");
  assertEquals(await results.count(), 0);
  await ada.getByRole("button", { name: "Back to the results" }).click();
  await results.nth(1).waitFor();
  assertEquals(await ada.getByRole("button", { name: "Back to the results" }).count(), 0);
});
