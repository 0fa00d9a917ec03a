import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

/** Returns the field, and the suggestions above it. */
function partsOf(page: Page) {
  const field = page.locator(".composer textarea");
  const list = page.getByRole("listbox", { name: "Suggestions" });
  return { field, list, options: list.getByRole("option") };
}

/** Returns the text of the option to which the field leads, as a screen reader finds it. */
function active(page: Page): Promise<unknown> {
  return page.evaluate(`{
    const id = document.activeElement.getAttribute("aria-activedescendant");
    const list = document.activeElement.getAttribute("aria-controls");
    const found = id && document.getElementById(list).querySelector("#" + CSS.escape(id));
    found && found.getAttribute("aria-selected") === "true" ? found.innerText : null;
  }`);
}

Deno.test("an @ lists the people of the room, and arrows, Tab and Enter take one", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  for (const nick of ["bob", "ben"]) await visitors.join(url, nick);
  await ada.getByRole("heading", { name: "3 people" }).waitFor();
  const { field, list, options } = partsOf(ada);
  await field.pressSequentially("hi @");
  await options.nth(1).waitFor();
  assertEquals((await options.allInnerTexts()).sort(), ["ben", "bob"]);
  await field.pressSequentially("b");
  const [first = "", second = ""] = await options.allInnerTexts();
  assertEquals(await active(ada), first);
  await field.press("ArrowDown");
  assertEquals(await active(ada), second);
  await field.press("ArrowDown");
  assertEquals(await active(ada), first);
  await field.press("ArrowUp");
  await field.press("Enter");
  assertEquals(await field.inputValue(), `hi ${second} `);
  await list.waitFor({ state: "detached" });
  await field.press("Enter");
  await reads(ada, `hi ${second}`);

  // At the beginning of a message, a name addresses a person. Tab takes a suggestion, too.
  await field.pressSequentially("@b");
  await list.waitFor();
  const [, other = ""] = await options.allInnerTexts();
  await field.press("ArrowDown");
  await field.press("Tab");
  assertEquals(await field.inputValue(), `${other}: `);
  await field.fill("");

  // Escape leaves the word as it is, and Enter then sends it.
  await field.pressSequentially("mail me @");
  await list.waitFor();
  await field.press("Escape");
  await list.waitFor({ state: "detached" });
  await field.pressSequentially("b");
  await field.press("Enter");
  await reads(ada, "mail me @b");
  assertEquals(visitors.complaints, []);
});

Deno.test(
  "a # lists rooms with their topics, also before the rest of a text, and a click takes one",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.join(url, "ada");
    await write(ada, "/join kitchen");
    await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
    await write(ada, "/topic soup and bread");
    await ada.locator(".topic").filter({ hasText: "soup" }).waitFor();
    const { field, list, options } = partsOf(ada);
    await field.fill("see  for soup");
    for (let i = 0; i < " for soup".length; i++) await field.press("ArrowLeft");
    await field.pressSequentially("#");
    await options.filter({ hasText: "#lobby" }).waitFor();
    await options.filter({ hasText: "soup and bread" }).click();
    assertEquals(await field.inputValue(), "see #kitchen  for soup");
    await list.waitFor({ state: "detached" });
    await field.pressSequentially("today");
    assertEquals(await field.inputValue(), "see #kitchen today for soup");
  },
);

Deno.test("a / lists the commands that the page has, and a whole command needs one Enter", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const phone = { viewport: { width: 360, height: 740 } };
  const ada = await visitors.join(url, "ada", phone);
  const { field, list, options } = partsOf(ada);
  await field.pressSequentially("/");
  await list.waitFor();
  // The list scrolls under a finger, and with the arrows.
  const frame = await list.boundingBox();
  assert(frame && frame.y > 0 && frame.height < 400, JSON.stringify(frame));
  const isSeen = async (option: Locator) => {
    const place = await option.boundingBox();
    return place !== null && place.y >= frame.y && place.y + place.height <= frame.y + frame.height;
  };
  assert(!await isSeen(options.nth(20)));
  await ada.mouse.move(frame.x + 9, frame.y + 9);
  await ada.mouse.wheel(0, 800);
  await options.nth(20).click({ trial: true });
  assert(await isSeen(options.nth(20)));
  for (let i = 0; i < 12; i++) await field.press("ArrowDown");
  assertEquals(await active(ada), await options.nth(12).innerText());
  assert(await isSeen(options.nth(12)));
  assertEquals(await ada.evaluate("document.documentElement.scrollWidth"), 360);
  await field.pressSequentially("hist");
  assertMatch(await options.first().innerText(), /^\/history \[.*scrolling up/s);
  await field.fill("/connec");
  await list.waitFor({ state: "detached" });
  await field.fill("/jo");
  await list.waitFor();
  await field.press("Enter");
  assertEquals(await field.inputValue(), "/join ");
  await field.fill("");
  await field.pressSequentially("/set");
  await list.waitFor();
  assertEquals(await active(ada), null);
  await field.press("Enter");
  assertEquals(await field.inputValue(), "");
  await ada.locator(".answer").filter({ hasText: "keywords" }).waitFor();
});

Deno.test("/help and /set name what the page has", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const answer = ada.locator(".answer");
  await write(ada, "/help keys");
  await answer.filter({ hasText: "Shift-Enter begins a new line" }).waitFor();
  assert(!/Ctrl|Page Up|Alt-A|Alt-1/.test(await answer.innerText()));
  await write(ada, "/help all");
  await answer.filter({ hasText: "/unreact" }).waitFor();
  const all = await answer.innerText();
  assert(!/Ctrl|Page Up|Alt-|screen|input line|\/connect|\/clear|\/upload/.test(all), all);
  await write(ada, "/set");
  await answer.filter({ hasText: "keywords" }).waitFor();
  assert(!/bell|row|plain/.test(await answer.innerText()));
  await write(ada, "/set row off");
  await ada.getByText("there is no setting row").waitFor();
});
