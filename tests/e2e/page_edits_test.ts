import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, holds, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

/** Returns the message that contains `text`. */
function message(page: Page, text: string) {
  return page.locator(".message").filter({ has: page.locator(".text", { hasText: text }) });
}

/** Replaces the message that contains `text`. */
async function edit(page: Page, text: string, to: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name: "Edit", exact: true }).click();
  await write(page, to);
}

/** Resolves once the field has `text`; resolves to what the text is, if it is no plain message. */
async function comesBack(page: Page, text: string): Promise<string | undefined> {
  const value = "document.querySelector('.composer textarea').value";
  await holds(page, `${value} === ${JSON.stringify(text)}`);
  return (await page.locator(".chosen-for .name").allTextContents())[0];
}

Deno.test("the new text of an edit that is refused, or gets no answer, comes back into the field", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const eve = await visitors.join(url, "Eve");
  await eve.getByText("The name Eve is yours now").waitFor();
  await write(eve, "tea");
  await reads(eve, "tea");
  let answer: "as usual" | "refused" | "lost" = "refused";
  await eve.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((line) => {
      const [, label] = /^@label=([^; ]+).* REDACT /.exec(String(line)) ?? [];
      if (label === undefined || answer !== "refused") return server.send(line);
      socket.send(`@label=${label} :chat FAIL REDACT REDACT_FORBIDDEN #lobby id :not now`);
    });
    server.onMessage((line) => {
      const isLost = answer === "lost" && String(line).includes(" REDACT ");
      if (!isLost) return socket.send(line);
      answer = "as usual";
      void socket.close();
    });
  });
  await eve.reload();
  await reads(eve, "tea");

  await edit(eve, "tea", "coffee");
  await eve.getByText("not edited: not now").waitFor();
  await eve.getByText("Editing your message").waitFor();
  assertEquals(await comesBack(eve, "coffee"), "Editing your message");
  answer = "as usual";
  await eve.locator(".composer textarea").press("Enter");
  await message(eve, "coffee (edited)").waitFor();
  assertEquals(await comesBack(eve, ""), undefined);

  // The server has deleted the old text, but the page does not hear of it.
  answer = "lost";
  await edit(eve, "coffee", "cocoa");
  await eve.getByText("The message that you were editing is gone").waitFor();
  assertEquals(await comesBack(eve, "cocoa"), undefined);
});

Deno.test("an edit whose answer a reload does not wait for is not lost", { ignore }, async () => {
  await using parts = await openPage();
  const { url, process, visitors } = parts;
  const eve = await visitors.join(url, "Eve");
  await eve.getByText("The name Eve is yours now").waitFor();
  await write(eve, "tea");
  await reads(eve, "tea");
  process.kill("SIGSTOP");
  await edit(eve, "tea", "coffee");
  assertEquals(await comesBack(eve, ""), undefined);
  await eve.goto("about:blank");
  process.kill("SIGCONT");
  await eve.goto(url);
  await eve.getByText("The message that you were editing is gone").waitFor();
  assertEquals(await comesBack(eve, "coffee"), undefined);
  assertEquals(visitors.complaints, []);
});
