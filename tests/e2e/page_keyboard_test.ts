import { assert, assertEquals } from "@std/assert";
import { CHROMIUM, isCounted, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

Deno.test("Tab completes a word, and leaves the field where there is none, or after Escape", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await visitors.join(url, "bob");
  await ada.getByRole("heading", { name: "2 people" }).waitFor();
  const field = ada.locator(".composer textarea");
  const hasFocus = async () => await ada.locator(".composer textarea:focus").count() === 1;
  const texts = ["", "hello bob ", "/join ", "nobodyofthisname"];
  for (const text of texts) {
    await field.fill(text);
    await field.press("Tab");
    assertEquals(await field.inputValue(), text);
    assert(!await hasFocus(), text);
  }
  await field.fill("hello b");
  await field.press("Tab");
  assertEquals(await field.inputValue(), "hello bob ");
  assert(await hasFocus());
  await field.press("Tab");
  assert(!await hasFocus());

  await field.fill("hello b");
  await field.press("Escape");
  await field.press("Tab");
  assertEquals(await field.inputValue(), "hello b");
  assert(!await hasFocus());
  // The next word is completed again.
  await field.pressSequentially("o");
  await field.press("Tab");
  assertEquals(await field.inputValue(), "hello bob ");
  await field.press("Shift+Tab");
  assert(!await hasFocus());
});

Deno.test("after a click on Send or on a conversation, the user can type at once", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const field = ada.locator(".composer textarea");
  const send = ada.getByRole("button", { name: "Send", exact: true });
  await field.fill("one");
  await send.click();
  await ada.keyboard.type("two");
  await send.focus();
  await ada.keyboard.press("Enter");
  await reads(ada, "two");
  await write(ada, "/join kitchen");
  await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
  const lobby = ada.locator(".sidebar").getByRole("button", { name: "#lobby" }).first();
  // The second click is on the conversation that is shown already.
  for (const text of ["three", "four"]) {
    await lobby.click();
    await ada.locator(".composer textarea:focus").waitFor();
    await ada.keyboard.type(text);
    await ada.keyboard.press("Enter");
    await reads(ada, text);
  }
  await isCounted(ada.locator(".message"), 4);
  await ada.getByLabel("Join a room").fill("attic");
  await ada.getByLabel("Join a room").press("Enter");
  await ada.getByRole("heading", { name: "#attic" }).waitFor();
  await ada.locator(".composer textarea:focus").waitFor();
  // A user who searches keeps the focus.
  await ada.getByRole("searchbox").focus();
  await visitors.join(url, "bob");
  await isCounted(ada.getByRole("searchbox").and(ada.locator(":focus")), 1);
});

Deno.test("on a phone, the keyboard stays open after Send, and closed in another room", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada", PHONE);
  const focused = ada.locator(".composer textarea:focus");
  await write(ada, "/join kitchen");
  await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
  assertEquals(await focused.count(), 0);
  await ada.locator(".composer textarea").tap();
  await ada.keyboard.type("one");
  await ada.getByRole("button", { name: "Send", exact: true }).tap();
  await reads(ada, "one");
  await isCounted(focused, 1);
  await ada.getByRole("button", { name: /^Rooms and people/ }).tap();
  await ada.locator(".sidebar").getByRole("button", { name: "#lobby" }).first().tap();
  await ada.getByRole("heading", { name: "#lobby" }).waitFor();
  assertEquals(await focused.count(), 0);
});

Deno.test("after React, the focus is near the emoji, and a reply shows what it answers", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await write(ada, "who has the kettle?");
  await reads(ada, "who has the kettle?");
  await ada.locator(".message").last().getByRole("button", { name: "React" }).focus();
  await ada.keyboard.press("Enter");
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Enter");
  await ada.getByRole("button", { name: "❤️ 1", pressed: true }).waitFor();
  await ada.locator(".message").last().getByRole("button", { name: "Reply" }).focus();
  await ada.keyboard.press("Enter");
  await ada.getByText("Replying to ada: who has the kettle?").waitFor();
  await ada.keyboard.press("Escape");
  await write(ada, "/help keys");
  await ada.getByRole("heading", { name: "Answer to /help keys" }).waitFor();
});
