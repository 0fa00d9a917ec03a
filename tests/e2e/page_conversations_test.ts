import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, hasTitle, openPage, reads, write } from "../support/browser.ts";
import { IrcClient } from "../support/irc_client.ts";

const ignore = CHROMIUM === undefined;

/** Returns the private conversation with `nick` in the list. */
function listed(page: Page, nick: string) {
  return page.locator("nav ul:last-of-type .conversation").filter({ hasText: nick });
}

/** Resolves once the conversation with `nick` is listed with this number of unread messages. */
async function counts(page: Page, nick: string, unread: number): Promise<void> {
  await listed(page, nick).locator(".unread", { hasText: String(unread) }).waitFor();
}

Deno.test("private conversations are listed again after a reload, with their unread counts", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const port = Number(new URL(url).port);
  await using ada = await IrcClient.register(port, { nick: "Ada", join: "#lobby" });
  await using cy = await IrcClient.register(port, { nick: "Cy" });
  const eve = await visitors.join(url, "Eve");
  await eve.getByText("The name Eve is yours now").waitFor();
  await ada.send("PRIVMSG Eve :a private welcome");
  await counts(eve, "Ada", 1);
  await eve.reload();
  await counts(eve, "Ada", 1);
  await hasTitle(eve, "(1) #lobby");
  await listed(eve, "Ada").click();
  await reads(eve, "a private welcome");
  await eve.getByRole("separator").filter({ hasText: "New" }).waitFor();
  await write(eve, "thank you");
  await reads(eve, "thank you");

  // Messages that were read and answered do not count any more, even after an immediate reload.
  await eve.reload();
  await reads(eve, "a private welcome");
  await eve.getByRole("button", { name: "#lobby", exact: true }).click();
  await eve.reload();
  await listed(eve, "Ada").waitFor();
  await ada.send("PRIVMSG Eve :you are welcome");
  await counts(eve, "Ada", 1);

  // A message that waits while the page is closed.
  await eve.goto("about:blank");
  await ada.send("PRIVMSG Eve :are you there?");
  await eve.goto(url);
  await counts(eve, "Ada", 2);
  await listed(eve, "Ada").click();
  await reads(eve, "are you there?");
  await reads(eve, "a private welcome");

  // A conversation that was closed stays so until there is a new message.
  await eve.getByRole("button", { name: "Leave Ada" }).click();
  await listed(eve, "Ada").waitFor({ state: "detached" });
  await cy.send("PRIVMSG Eve :I am Cy");
  await counts(eve, "Cy", 1);
  await eve.reload();
  await counts(eve, "Cy", 1);
  assertEquals(await listed(eve, "Ada").count(), 0);
  await ada.send("PRIVMSG Eve :it is me again");
  await counts(eve, "Ada", 1);

  // A device that is linked later lists them, too.
  await eve.getByRole("button", { name: "Link a device" }).click();
  const phone = await visitors.open(await eve.locator(".link-device .url").innerText());
  await phone.getByRole("button", { name: "Link this browser" }).click();
  await counts(phone, "Cy", 1);
  await listed(phone, "Ada").waitFor();
  assertEquals(visitors.complaints, []);
});
