import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";
import { Process } from "../support/chat_process.ts";

const ignore = CHROMIUM === undefined;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** The smallest height and width of what a finger touches, in pixels. */
const TARGET = 40;

/** Checks that all that can be touched is large enough for a finger. */
async function check(page: Page, view: string): Promise<void> {
  const small = await page.evaluate(`
    [...document.querySelectorAll("button, input, textarea, [role=option], .attach")]
      .filter((each) => each.checkVisibility() && each.type !== "file")
      .filter((each) => !each.matches(".backdrop, .answers"))
      .map((each) => [each.ariaLabel ?? each.innerText, each.getBoundingClientRect()])
      .filter(([, { width, height }]) => Math.min(width, height) < ${TARGET})
      .map(([name, { width, height }]) => name + " " + width + "x" + height)
  `);
  assertEquals(small, [], view);
}

Deno.test("on a phone, all that is touched has the size of a finger", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.open(url, PHONE);
  await check(ada, "the first visit");
  await ada.getByRole("button", { name: "Log in with a password" }).tap();
  await check(ada, "the login");
  const bob = await visitors.join(url, "bob", PHONE);
  await write(bob, "hello");
  await bob.locator(".message").last().tap();
  await check(bob, "the buttons of a message");
  await bob.getByRole("button", { name: "React" }).tap();
  await check(bob, "the emoji");
  await bob.getByRole("button", { name: "👍" }).tap();
  await bob.getByRole("button", { name: "👍 1" }).waitFor();
  await check(bob, "a reaction");
  await visitors.join(url, "eve");
  await bob.getByText("eve joined").waitFor();
  const field = bob.locator(".composer textarea");
  for (const sign of ["@", "/"]) {
    await field.fill(sign);
    await bob.getByRole("option").first().waitFor();
    await check(bob, `the suggestions for ${sign}`);
  }
  await field.fill("");
  await bob.getByRole("button", { name: /^Rooms and people/ }).tap();
  await check(bob, "the list of rooms");
  await bob.getByRole("button", { name: "Link a device" }).tap();
  await bob.locator(".code").waitFor();
  await check(bob, "the dialog that links a device");
  await bob.keyboard.press("Escape");
  await bob.keyboard.press("Escape");
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}.`).join("\n");
  await Process.run(["connect", new URL(url).host, "--nick", "pipe"], `${lines}\n`);
  await reads(bob, "line 49.");
  await bob.getByRole("log").evaluate((list) => list.scrollTop = 0);
  await bob.getByRole("button", { name: "To the newest message" }).waitFor();
  await check(bob, "the way to the newest message");
});

Deno.test("on a phone, the field takes most of the width, and is as high as its button", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  for (const options of [PHONE, {}]) {
    const page = await visitors.join(url, options === PHONE ? "ada" : "bob", options);
    const field = await page.locator(".composer textarea").boundingBox();
    const send = await page.getByRole("button", { name: "Send", exact: true }).boundingBox();
    assert(field && send);
    assertEquals([field.y, field.height], [send.y, send.height]);
    assert(options !== PHONE || field.width > 220, `${field.width}`);
  }
});

Deno.test("on a phone, the button of the menu is marked when there is a message to the user", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada", PHONE);
  const bob = await visitors.join(url, "bob");
  await write(ada, "/join kitchen");
  await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
  await write(bob, "is there tea?");
  await ada.getByRole("button", { name: "Rooms and people, 1 unread", exact: true }).waitFor();
  assertEquals(await ada.locator(".menu .mentioned").count(), 0);
  await write(bob, "ada, tea?");
  await ada.getByRole("button", { name: "Rooms and people, 2 unread, 1 for you" }).waitFor();
  assertEquals(await ada.locator(".menu .mentioned").innerText(), "2");
});

Deno.test("on a phone, a tap shows the whole topic", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada", PHONE);
  const topic = ada.locator(".topic");
  await write(ada, `/topic ${"tea and cake and ".repeat(10)} the end`);
  await topic.filter({ hasText: "the end" }).waitFor();
  const isCut = () =>
    ada.evaluate(`{
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.querySelector(".topic");
    scrollWidth > clientWidth || scrollHeight > clientHeight;
  }`);
  assertEquals(await isCut(), true);
  await topic.tap();
  assertEquals(await isCut(), false);
  await ada.getByRole("log").tap();
  assertEquals(await isCut(), true);
});
