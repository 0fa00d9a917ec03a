import { Buffer } from "node:buffer";
import axe from "axe-core";
import { assertEquals } from "@std/assert";
import type { BrowserContextOptions, Page } from "playwright-core";
import { nickHash } from "../../client/session/nick_hash.ts";
import { CHROMIUM, reads, sendFiles, serveWithPage, Visitors, write } from "../support/browser.ts";
import { IrcClient } from "../support/irc_client.ts";
import { PNG_WITH_PLACE } from "../support/pictures.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = CHROMIUM === undefined;
const CAPS = "message-tags echo-message draft/message-redaction";

/** The ways to look at the page. */
const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["desk, light", { colorScheme: "light", viewport: { width: 1440, height: 900 } }],
  ["desk, dark", { colorScheme: "dark", viewport: { width: 1440, height: 900 } }],
  ["phone, light", { colorScheme: "light", viewport: { width: 360, height: 740 } }],
  ["phone, dark", { colorScheme: "dark", viewport: { width: 360, height: 740 } }],
];

/** Checks the view that a page shows. Each finding names the rule, and the element that breaks it. */
async function check(page: Page, view: string): Promise<void> {
  const isThere: unknown = await page.evaluate("'axe' in window");
  if (isThere !== true) await page.evaluate(axe.source);
  const findings: unknown = await page.evaluate(
    "axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>" +
      "nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)))",
  );
  assertEquals(findings, [], view);
}

/** Returns a nick for each of the page's twelve colors. */
function colorfulNicks(): string[] {
  const nicks = new Map<number, string>();
  for (let i = 0; nicks.size < 12; i++) nicks.set(nickHash(`n${i}`) % 12, `n${i}`);
  return [...nicks.values()];
}

/** Fills a room with all that a message can be and show. */
async function fill(port: number, room: string): Promise<void> {
  const color = "\x03";
  const colors = Array.from({ length: 16 }, (_, i) => `${color}${i} color${i}`).join(" ");
  for (const nick of colorfulNicks()) {
    await using client = await IrcClient.register(port, { nick, caps: CAPS, join: room });
    await client.ask(`PRIVMSG ${room} :hello ${colors}`);
    await client.ask(`PRIVMSG ${room} :ada: ${colors} \`code\` *strong* https://example.org/`);
  }
}

/** Looks at all that a visitor can see once they have joined. */
async function lookAround(ada: Page, bob: IrcClient, look: string): Promise<void> {
  await check(ada, `${look}: a room`);
  const message = ada.locator(".message").last();
  await message.hover();
  await message.getByRole("button", { name: "React" }).click();
  await check(ada, `${look}: the actions of a message`);
  await message.getByRole("button", { name: "👍" }).click();
  await ada.locator(".reactions").waitFor();
  await message.getByRole("button", { name: "Reply" }).click();
  await check(ada, `${look}: a reply that is being written`);
  await write(ada, "the answer");
  await reads(ada, "the answer");
  const [said] = await bob.askMessages("PRIVMSG #lobby :a mistake");
  await bob.send(`REDACT #lobby ${said?.tags?.get("msgid")}`, "PRIVMSG ada :psst");
  await ada.getByText("bob deleted a message").first().waitFor();
  await check(ada, `${look}: answers, reactions, deletions and unread messages`);

  await ada.getByRole("searchbox").fill("hello");
  await ada.getByRole("searchbox").press("Enter");
  await ada.locator(".result").first().waitFor();
  await check(ada, `${look}: the results of a search`);
  for (const command of ["/set", "/help", "/whois bob"]) {
    await write(ada, command);
    await check(ada, `${look}: ${command}`);
  }
  await ada.locator(".answer").getByRole("button", { name: "Close" }).click();
  for (const sign of ["@", "#", "/"]) {
    await ada.locator(".composer textarea").fill(sign);
    await ada.getByRole("option").first().waitFor();
    await check(ada, `${look}: suggestions for ${sign}`);
  }
  await ada.locator(".composer textarea").fill("");

  const file = { name: "tea.png", mimeType: "image/png", buffer: Buffer.from(PNG_WITH_PLACE) };
  await ada.getByLabel("Send files").setInputFiles(file);
  await ada.locator(".attached canvas").waitFor();
  await check(ada, `${look}: a picture that is about to be sent`);
  await sendFiles(ada);
  await ada.getByRole("img", { name: "Picture tea.png" }).last().waitFor();
  await check(ada, `${look}: a picture`);
  const menu = ada.getByRole("button", { name: /^Rooms and people/ });
  if (await menu.isVisible()) await menu.click();
  await check(ada, `${look}: the menu`);
  await ada.getByRole("button", { name: "Link a device" }).click();
  await ada.locator(".code").waitFor();
  await check(ada, `${look}: the dialog that links a device`);
  await ada.keyboard.press("Escape");
  const psst = ada.locator(".sidebar").getByRole("button", { name: "bob" }).first();
  await psst.click();
  await check(ada, `${look}: a private conversation`);
  if (await menu.isVisible()) await menu.click();
  const leave = ada.locator(".leave");
  for (let left = await leave.count(); left > 0; left--) {
    await leave.first().click();
    const sure = ada.locator(".sidebar").getByRole("button", { name: "Leave", exact: true });
    if (await sure.count() > 0) await sure.click();
    await leave.nth(left - 1).waitFor({ state: "detached" });
  }
  await ada.getByText("Join a room to write.").waitFor();
  await check(ada, `${look}: no conversation`);
}

for (const [look, options] of LOOKS) {
  Deno.test(`the accessibility checker finds nothing (${look})`, { ignore }, async () => {
    using folder = new TempFolder();
    const { process, url } = await serveWithPage(folder.path);
    await using _ = process;
    const port = Number(new URL(url).port);
    await using bob = await IrcClient.register(port, { nick: "bob", caps: CAPS, join: "#lobby" });
    await using visitors = await Visitors.arrive();
    const ada = await visitors.open(url, options);
    await check(ada, `${look}: the first visit`);
    await ada.getByRole("button", { name: "Log in with a password" }).click();
    await check(ada, `${look}: the login`);
    await ada.getByRole("button", { name: "Log in", exact: true }).click();
    await ada.getByRole("alert").filter({ hasText: /./ }).waitFor();
    await check(ada, `${look}: a complaint`);
    await ada.getByRole("button", { name: "Use my account of another device" }).click();
    await check(ada, `${look}: the code`);
    await ada.getByRole("button", { name: "Join with a new name" }).click();
    await ada.getByLabel("Your name here").fill("ada");
    await ada.getByRole("button", { name: "Join", exact: true }).click();
    await ada.getByText("The name ada is yours now").waitFor();
    await check(ada, `${look}: an empty room`);
    await fill(port, "#lobby");
    await reads(ada, "color15");
    await lookAround(ada, bob, look);
    await process[Symbol.asyncDispose]();
    await ada.getByText("Not connected").waitFor();
    await check(ada, `${look}: no connection`);
  });
}
