import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { messageIn } from "../../client/page/worker/pushed.ts";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

/** Resolves once the page shows the conversation `name`, and its address has `path`. */
async function isAt(page: Page, name: string, path: string): Promise<void> {
  await page.getByRole("log", { name }).waitFor();
  await page.waitForURL((url) => url.pathname === path && url.hash === "");
}

Deno.test("the address follows the room; a reload stays there, and Back leads to the one before", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { process, visitors } = parts;
  const [, link = ""] = await process.stdout(/Or open: (\S+)/);
  const ada = await visitors.join(link, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  await visitors.join(parts.url, "bob");
  await isAt(ada, "#lobby", "/lobby");
  await write(ada, "/join ##two");
  await isAt(ada, "##two", "/%23two");
  await write(ada, "/join kitchen");
  await isAt(ada, "#kitchen", "/kitchen");
  await ada.goBack();
  await isAt(ada, "##two", "/%23two");
  await ada.reload();
  await isAt(ada, "##two", "/%23two");
  await ada.goBack();
  await isAt(ada, "#lobby", "/lobby");
  await ada.goForward();
  await isAt(ada, "##two", "/%23two");

  // A private conversation stays, too, but nobody who gets the address learns of it.
  await write(ada, "/query bob");
  await isAt(ada, "bob", "/%23two");
  await write(ada, "psst");
  await reads(ada, "psst");
  await ada.reload();
  await isAt(ada, "bob", "/%23two");
  await ada.goBack();
  await isAt(ada, "##two", "/%23two");
  await write(ada, "/join attic");
  await isAt(ada, "#attic", "/attic");
  await write(ada, "/part ##two");
  await ada.locator(".sidebar").getByText("##two").waitFor({ state: "detached" });
  await ada.goBack();
  await isAt(ada, "#attic", "/attic");
  // No step of the way back has the token of the link.
  const paths = [];
  for (; ada.url() !== "about:blank"; await ada.goBack()) {
    assertEquals(new URL(ada.url()).hash, "");
    paths.push(new URL(ada.url()).pathname);
  }
  assertEquals(paths.at(-1), "/lobby");
});

Deno.test("a notification that opens the page leads to the private conversation that it tells of", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const { origin } = new URL(url);
  const { path } = messageIn(":{bob}!b@h PRIVMSG ada :tea?");
  // If no page is open, a click on the notification opens this address.
  const opened = await ada.context().newPage();
  await opened.goto(`${origin}${path}`);
  await isAt(opened, "{bob}", "/");
  await opened.reload();
  await isAt(opened, "{bob}", "/");
  // A text that cannot be a name leads to the room.
  const other = await ada.context().newPage();
  await other.goto(`${url}#with=%23a%20b`);
  await isAt(other, "#lobby", "/lobby");
});
