import { assertEquals } from "@std/assert";
import { CHROMIUM, openPage, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

Deno.test("the field that joins a room lists the server's rooms, by what is typed, to tap one", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const bob = await visitors.join(url, "bob");
  for (const room of ["garden", "kitchen"]) {
    await write(bob, `/join ${room}`);
    await bob.getByRole("heading", { name: `#${room}` }).waitFor();
    await write(bob, `/topic ${room === "garden" ? "roses & beans" : "soup and bread"}`);
    await bob.locator(".topic").filter({ hasText: /roses|soup/ }).waitFor();
  }
  const ada = await visitors.join(url, "ada", PHONE);
  await ada.getByRole("button", { name: /^Rooms and people/ }).tap();
  const field = ada.getByLabel("Join a room");
  const rooms = ada.getByRole("list", { name: "Rooms of this server" }).getByRole("button");
  assertEquals(await rooms.count(), 0);
  await field.tap();
  await rooms.nth(1).waitFor();
  assertEquals((await rooms.allInnerTexts()).sort(), [
    "#garden\n1 person: roses & beans",
    "#kitchen\n1 person: soup and bread",
  ]);
  await field.pressSequentially("SOUP");
  assertEquals(await rooms.count(), 1);
  // Escape closes the list alone; typing opens it again.
  await field.press("Escape");
  assertEquals(await rooms.count(), 0);
  await field.press("End");
  await field.press("Backspace");
  await rooms.first().tap();
  await ada.getByRole("heading", { name: "#kitchen", exact: true }).waitFor();
  assertEquals(await field.inputValue(), "");
  await bob.getByRole("heading", { name: "2 people" }).waitFor();
  assertEquals(visitors.complaints, []);
});

Deno.test("the list of people says what the signs before their names mean", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const bob = await visitors.join(url, "bob");
  await write(ada, "/join kitchen");
  await write(bob, "/join kitchen");
  await ada.getByRole("heading", { name: "2 people" }).waitFor();
  const people = ada.getByRole("complementary");
  await people.getByRole("heading", { name: "~ owner of the room" }).waitFor();
  assertEquals(await people.locator("section").allInnerTexts(), [
    "~ owner of the room\n~ada",
    "other members\nbob",
  ]);
  await write(ada, "/op bob");
  await people.getByRole("heading", { name: "@ operator of the room" }).waitFor();
  assertEquals(await people.locator("section").allInnerTexts(), [
    "~ owner of the room\n~ada",
    "@ operator of the room\n@bob",
  ]);
});

Deno.test("on a phone, each explanation of /help is below its command", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  for (const [nick, options, isBelow] of [["ada", PHONE, true], ["bob", {}, false]] as const) {
    const page = await visitors.join(url, nick, options);
    await write(page, "/help");
    const line = page.locator(".answer pre").filter({ hasText: "/join ROOM" });
    const text = await line.innerText();
    assertEquals(/^\/join ROOM \[KEY\] *\n *join a room/.test(text), isBelow, text);
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assertEquals(width, page.viewportSize()?.width);
  }
});
