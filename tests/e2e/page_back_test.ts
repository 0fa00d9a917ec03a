import { assertEquals } from "@std/assert";
import { CHROMIUM, holds, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

Deno.test("Back closes what is open, the topmost first, and then leads to the room before", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada", PHONE);
  await write(ada, "hello");
  await reads(ada, "hello");
  await write(ada, "/join kitchen");
  const kitchen = ada.getByRole("heading", { name: "#kitchen" });
  await kitchen.waitFor();
  const menu = ada.getByRole("button", { name: /^Rooms and people/ });
  const dialog = ada.locator("dialog[open]");
  const drawer = ada.locator(".menu-open");
  await menu.tap();
  await ada.getByRole("button", { name: "Link a device" }).tap();
  await dialog.waitFor();
  await ada.goBack();
  await dialog.waitFor({ state: "detached" });
  await drawer.waitFor();
  await ada.goBack();
  await drawer.waitFor({ state: "detached" });
  await kitchen.waitFor();

  await ada.getByRole("button", { name: "1 person" }).tap();
  await ada.locator(".people-open").waitFor();
  await ada.goBack();
  await ada.locator(".people-open").waitFor({ state: "detached" });
  await write(ada, "/help");
  await ada.locator(".answer").waitFor();
  await ada.goBack();
  await ada.locator(".answer").waitFor({ state: "detached" });
  await kitchen.waitFor();

  // What the user has closed by other means takes no step.
  await menu.tap();
  await drawer.waitFor();
  await ada.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await holds(ada, "!history.state.depth");
  await menu.tap();
  await ada.getByRole("button", { name: "#lobby", exact: true }).tap();
  await drawer.waitFor({ state: "detached" });
  await ada.getByRole("log", { name: "Messages in #lobby" }).waitFor();
  await ada.goBack();
  await kitchen.waitFor();
  await holds(ada, "!history.state.depth");
  await ada.goBack();
  await ada.getByRole("log", { name: "Messages in #lobby" }).waitFor();
  assertEquals(visitors.complaints, []);
});
