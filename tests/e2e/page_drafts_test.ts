import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

/** Returns the message that contains `text`. */
function message(page: Page, text: string) {
  return page.locator(".message").filter({ has: page.locator(".text", { hasText: text }) });
}

/** Presses the button `name` of the message that contains `text`. */
async function act(page: Page, text: string, name: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name, exact: true }).click();
}

/** Returns the field of the page. */
function field(page: Page) {
  return page.locator(".composer textarea");
}

/** Returns what the text in the field is: a reply, an edit, or undefined for a plain message. */
async function kind(page: Page): Promise<string | undefined> {
  return (await page.locator(".chosen-for .name").allTextContents())[0];
}

/** Shows the room `name`. */
async function show(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("log", { name: `Messages in ${name}` }).waitFor();
}

Deno.test("a reply stays a reply and an edit an edit, after a reload and in another room", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "Ada");
  const eve = await visitors.join(url, "Eve");
  const is = async (wanted: string | undefined, text: string) =>
    assertEquals([await kind(eve), await field(eve).inputValue()], [wanted, text]);
  await eve.getByLabel("Join a room").fill("#two");
  await eve.keyboard.press("Enter");
  await eve.getByRole("log", { name: "Messages in #two" }).waitFor();
  await show(eve, "#lobby");
  await write(ada, "tea or coffee?");
  await reads(eve, "tea or coffee?");

  await act(eve, "tea or coffee?", "Reply");
  await field(eve).fill("both");
  await eve.reload();
  await eve.getByText("Replying to Ada").waitFor();
  await is("Replying to Ada: tea or coffee?", "both");
  await show(eve, "#two");
  await is(undefined, "");
  await show(eve, "#lobby");
  await eve.getByText("Replying to Ada").waitFor();
  await is("Replying to Ada: tea or coffee?", "both");
  await field(eve).press("Enter");
  await message(eve, "both").getByText("Ada: tea or coffee?").waitFor();
  await is(undefined, "");

  // A reply that waits behind an edit is a reply again afterwards.
  await act(eve, "tea or coffee?", "Reply");
  await field(eve).fill("on second thought");
  await act(eve, "both", "Edit");
  await field(eve).fill("coffee");
  await show(eve, "#two");
  await eve.reload();
  await show(eve, "#lobby");
  await eve.getByText("Editing your message").waitFor();
  await is("Editing your message", "coffee");
  await field(eve).press("Enter");
  await message(eve, "coffee (edited)").waitFor();
  await is("Replying to Ada: tea or coffee?", "on second thought");

  // The message of a reply is deleted while the page is closed.
  await eve.goto("about:blank");
  await act(ada, "tea or coffee?", "Delete");
  await ada.getByRole("button", { name: "Delete for all" }).click();
  await ada.getByText("deleted").waitFor();
  await eve.goto(url);
  await eve.getByText("The message that you were replying to is gone").waitFor();
  await is(undefined, "on second thought");
  assertEquals(visitors.complaints, []);
});

Deno.test("a text whose message the page has not found yet is not sent", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const eve = await visitors.join(url, "Eve");
  await write(eve, "tea");
  await reads(eve, "tea");
  await act(eve, "tea", "Edit");
  await field(eve).fill("coffee");
  await eve.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((line) => String(line).includes("AROUND") || server.send(line));
  });
  await eve.reload();
  await eve.getByText("Looking for the message").waitFor();
  await field(eve).press("Enter");
  assertEquals(await field(eve).inputValue(), "coffee");
  assertEquals(await eve.locator(".message").count(), 1);
});
