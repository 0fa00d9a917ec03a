import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import {
  CHROMIUM,
  hasTitle,
  holds,
  openPage,
  reads,
  serveAgain,
  write,
} from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

/** The URLs of all that the browser keeps for the page. */
const KEPT = `(async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = await Promise.all(caches_.map((cache) => cache.keys()));
  return requests.flat().map(({ url }) => new URL(url).pathname).sort();
})()`;

const FILES = ["/", "/-/icon.svg", "/-/manifest.webmanifest", "/-/page.css", "/-/page.js"];

/** Resolves once the browser has kept the page. */
async function isKept(page: Page): Promise<void> {
  await holds(page, "navigator.serviceWorker.ready.then(() => caches.match('/').then(Boolean))");
}

Deno.test("without the server, the page opens, takes messages, and sends them later", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, process, visitors } = parts;
  const bob = await visitors.join(url, "bob");
  await bob.getByText("The name bob is yours now").waitFor();
  await write(bob, "/join #two");
  await bob.getByRole("log", { name: "Messages in #two" }).waitFor();
  await bob.getByLabel("Send files").setInputFiles({
    name: "tea.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("tea"),
  });
  await write(bob, "");
  await reads(bob, "tea.txt");
  await isKept(bob);
  process.kill("SIGKILL");
  await bob.getByText("what you write is kept").waitFor();
  await write(bob, "before the reload");

  await bob.reload();
  await bob.getByText("Not connected: the server cannot be reached").waitFor();
  await bob.getByRole("log", { name: "Messages in #two" }).waitFor();
  await write(bob, "after the reload");
  await bob.locator(".waiting", { hasText: "after the reload" }).waitFor();
  await bob.locator(".composer textarea").fill("half a word");
  await bob.reload();
  await bob.locator(".waiting", { hasText: "after the reload" }).waitFor();
  assertEquals(await bob.locator(".composer textarea").inputValue(), "half a word");
  await bob.goto(new URL("/lobby", url).href);
  await bob.getByRole("log", { name: "Messages in #lobby" }).waitFor();
  assertEquals(await bob.evaluate(KEPT), FILES);

  await using _second = await serveAgain(parts);
  await bob.getByText("Not connected").waitFor({ state: "detached" });
  await bob.locator("nav .conversation", { hasText: "#two" }).click();
  await reads(bob, "after the reload");
  assertEquals(
    (await bob.locator(".message:not(.waiting) .text").allTextContents()).slice(-2),
    ["before the reload", "after the reload"],
  );
  assertEquals(await bob.locator(".composer textarea").inputValue(), "half a word");
});

Deno.test("a server with another version of the page gives the new page at once", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, process, visitors } = parts;
  const bob = await visitors.join(url, "bob");
  await isKept(bob);
  await bob.reload();
  await bob.getByRole("log").waitFor();
  process.kill("SIGKILL");
  await process.ended();

  const port = Number(new URL(url).port);
  const answer = (request: Request) => {
    const isScript = new URL(request.url).pathname === "/-/page.js";
    return isScript
      ? new Response("document.title = 'new'", { headers: { "Content-Type": "text/javascript" } })
      : new Response('<script src="/-/page.js?v2"></script>', {
        headers: { "Content-Type": "text/html" },
      });
  };
  const next = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, answer);
  await bob.goto(url);
  await hasTitle(bob, "new");
  await holds(bob, `${KEPT}.then(({ length }) => length === 2)`);
  assertEquals(await bob.evaluate(KEPT), ["/", "/-/page.js"]);
  await next.shutdown();
  await bob.goto(url);
  await hasTitle(bob, "new");
});
