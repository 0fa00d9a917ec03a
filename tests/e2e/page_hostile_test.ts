import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { format } from "../../protocol.ts";
import { withoutSequences } from "../../client/session/formatting.ts";
import { printable } from "../../shared/text.ts";
import { CHROMIUM, hasTitle, reads, Visitors, write } from "../support/browser.ts";
import { ServeProcess } from "../support/chat_process.ts";
import { basic } from "../support/files.ts";
import {
  HOSTILE_FILES,
  HOSTILE_NICKS,
  HOSTILE_REACTIONS,
  HOSTILE_REAL_NAMES,
  HOSTILE_ROOMS,
  HOSTILE_TEXTS,
  HOSTILE_TOPICS,
  type HostileFile,
} from "../support/hostile_inputs.ts";
import { IrcClient } from "../support/irc_client.ts";

const ignore = CHROMIUM === undefined;
const CAPS = "echo-message message-tags standard-replies";
const LIMITS = { commandsPerSecond: 10_000, commandBurst: 10_000, connectionsPerAddress: 100 };

/** Starts a server with the page, a visitor, and an IRC client with an account. */
async function open() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(ServeProcess.start({ limits: LIMITS }));
  const [, address = ""] = await server.stdout(/In a browser: (\S+)/);
  const url = new URL(address);
  const port = Number(url.port);
  const eve = stack.use(
    await IrcClient.register(port, { nick: "eve", caps: CAPS, join: "#hostile" }),
  );
  await eve.ask("REGISTER * * sesame");
  const visitors = stack.use(await Visitors.arrive());
  const ada = await visitors.open("about:blank");
  const traces = await watch(ada, url.origin);
  await ada.goto(`${url.origin}/hostile`);
  await ada.getByLabel("Your name here").fill("ada");
  await ada.getByRole("button", { name: "Join", exact: true }).click();
  await ada.getByText("The name ada is yours now").waitFor();
  const { origin } = url;
  return {
    ada,
    eve,
    origin,
    port,
    traces,
    visitors,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * Notes what a page must not do because of what others have written: show a dialog, break its policy,
 * or ask for anything but its own files and those of users.
 */
async function watch(page: Page, origin: string): Promise<string[]> {
  const traces: string[] = [];
  const context = page.context();
  context.on("request", (request) => {
    const { href, pathname } = new URL(request.url());
    const isExpected = pathname === "/hostile" || pathname.startsWith("/-/");
    if (!href.startsWith(`${origin}/`) || !isExpected) traces.push(`request: ${href}`);
  });
  context.on("dialog", (dialog) => {
    traces.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (other) => traces.push(`window: ${other.url()}`));
  await context.exposeFunction("noteViolation", (text: string) => traces.push(`policy: ${text}`));
  await context.addInitScript(
    "addEventListener('securitypolicyviolation', (event) => " +
      "noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))",
  );
  return traces;
}

/** Returns a text as the page shows it: without formatting, and without invisible characters. */
function shown(text: string): string {
  const colors = /\x03\d*(?:,\d+)?|\x04[0-9a-f]{6}/g;
  return printable(withoutSequences(text).replace(colors, "")).replace(/[*_`\s]/g, "");
}

/** Checks that nothing in the page is a program, or leads to one. */
async function assertHarmless(page: Page, traces: readonly string[]): Promise<void> {
  const markup =
    "script:not([src^='/-/page.js?']), iframe, object, embed, video, audio, base, style, " +
    "[onerror], [onload], [onclick], [onmouseover], [onfocus], [style*='url(']";
  assertEquals(await page.locator(markup).count(), 0);
  const addresses = await page.locator("a").evaluateAll((found) =>
    found.map((each) => each.getAttribute("href") ?? "")
  );
  assertEquals(addresses.filter((each) => !/^(?:https?:\/\/|\/-\/files\/)/.test(each)), []);
  assertEquals(await page.evaluate("window.taken"), undefined);
  assertEquals(traces, []);
}

Deno.test("hostile texts, topics, names and reactions are shown as text", { ignore }, async () => {
  await using parts = await open();
  const { ada, eve, traces, visitors } = parts;

  for (const text of HOSTILE_TEXTS) await eve.send(`PRIVMSG #hostile :${text}`);
  await eve.send("PRIVMSG #hostile :all is said");
  await reads(ada, "all is said");
  // Only messages near the visible ones have elements.
  await ada.setViewportSize({ width: 1280, height: 20_000 });
  await reads(ada, printable(HOSTILE_TEXTS[0] ?? ""));
  const texts = (await ada.locator(".message .text").allTextContents()).map(shown);
  for (const text of HOSTILE_TEXTS) {
    const [, acted = text] = /^\x01ACTION (.*)\x01$/.exec(text) ?? [];
    assert(texts.includes(shown(acted)) || shown(acted) === "", text);
  }
  await assertHarmless(ada, traces);

  for (const topic of HOSTILE_TOPICS) {
    await eve.send(`TOPIC #hostile :${topic}`);
    await ada.locator(".topic").filter({ hasText: printable(topic).trim() }).waitFor();
  }

  const [said] = await eve.askMessages("PRIVMSG #hostile :react to this");
  const id = said?.tags?.get("msgid") ?? "";
  for (const reaction of HOSTILE_REACTIONS) {
    const tags = new Map([["+draft/reply", id], ["+draft/react", reaction]]);
    await eve.send(format({ command: "TAGMSG", params: ["#hostile"], tags }));
  }
  const reactions = ada.locator(".reactions button");
  await reactions.nth(HOSTILE_REACTIONS.length - 1).waitFor();
  const found = (await reactions.allTextContents()).map(shown);
  assertEquals(found, HOSTILE_REACTIONS.map((reaction) => shown(`${reaction} 1`)));
  for (const each of await reactions.all()) await each.click();
  await assertHarmless(ada, traces);
  await hasTitle(ada, "#hostile");
  // One text names a picture of this server that does not exist.
  assertEquals(visitors.complaints.filter((each) => !each.includes("404 (Not Found)")), []);
});

Deno.test("hostile nicks, real names and rooms are shown as text", { ignore }, async () => {
  await using parts = await open();
  const { ada, eve, port, traces, visitors } = parts;
  await using stack = new AsyncDisposableStack();
  for (const [index, nick] of HOSTILE_NICKS.entries()) {
    const client = stack.use(await IrcClient.connect(port));
    await client.send(`NICK ${nick}`, `USER u 0 * :${HOSTILE_REAL_NAMES[index]}`, "JOIN #hostile");
    await client.send(`PRIVMSG #hostile :I am number ${index}.`, `PRIVMSG ada :psst`);
    await client.until("366");
    await reads(ada, `I am number ${index}.`);
    await ada.locator(".members").getByText(nick, { exact: true }).waitFor();
    await ada.locator(".sidebar").getByText(nick, { exact: true }).waitFor();
    await write(ada, `/whois ${nick}`);
    await ada.getByText(printable(HOSTILE_REAL_NAMES[index] ?? "")).first().waitFor();
  }
  await assertHarmless(ada, traces);

  for (const room of HOSTILE_ROOMS) {
    await eve.ask(`JOIN ${room}`);
    await eve.ask(`INVITE ada ${room}`);
    await ada.getByText(`to ${room}`).first().waitFor();
    await write(ada, `/join ${room}`);
    await ada.getByRole("heading", { name: room, exact: true }).waitFor();
    await ada.locator(".sidebar").getByRole("button", { name: "#hostile" }).first().click();
  }
  await assertHarmless(ada, traces);
  assertEquals(visitors.complaints, []);
});

Deno.test("hostile files are shown as what they are, or saved", { ignore }, async () => {
  await using parts = await open();
  const { ada, eve, origin, traces, visitors } = parts;
  const paths: string[] = [];
  for (const file of HOSTILE_FILES) {
    const response = await upload(origin, file);
    await response.body?.cancel();
    if (response.status === 415) continue; // A damaged picture.
    assertEquals(response.status, 201, file.name);
    const { href, pathname } = new URL(response.headers.get("location") ?? "");
    assertMatch(href, /\/[\w-]{24}\/[^/?#<>"]+$/);
    await eve.send(`PRIVMSG #hostile :${href}`);
    paths.push(pathname);
  }
  await eve.send("PRIVMSG #hostile :all is sent");
  await reads(ada, "all is sent");
  await assertHarmless(ada, traces);
  assertEquals(visitors.complaints, []);

  const other = await ada.context().newPage();
  for (const path of paths) {
    // A file that is saved ends the visit.
    await other.goto(`${origin}${path}`).catch(() => {});
    assertEquals(await other.evaluate("window.taken"), undefined, path);
    assertEquals(traces.filter((trace) => !trace.startsWith("policy: ")), [], path);
    const kinds = await ada.evaluate(`${LOAD}; load(["script"], ${JSON.stringify(path)})`);
    assertEquals(kinds, ["script: refused"], path);
  }
  assertEquals(await ada.evaluate("window.taken"), undefined);
});

Deno.test("a page of another origin can neither read nor act", { ignore }, async () => {
  await using parts = await open();
  const { eve, origin, port, visitors } = parts;
  const [picture] = HOSTILE_FILES.filter(({ name }) => name === "text.png");
  assert(picture);
  const response = await upload(origin, picture);
  await response.body?.cancel();
  const { pathname } = new URL(response.headers.get("location") ?? "");
  const html = { headers: { "Content-Type": "text/html" } };
  await using elsewhere = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("<!DOCTYPE html>", html),
  );
  const page = await visitors.open(`http://127.0.0.1:${elsewhere.addr.port}/`);
  const file = `${origin}${pathname}`;
  const kinds = JSON.stringify(["script", "img", "video", "object", "embed"]);
  assertEquals(
    await page.evaluate(`${LOAD}; load(${kinds}, ${JSON.stringify(file)})`),
    ["script: refused", "img: refused", "video: refused", "object: refused", "embed: refused"],
  );
  for (const target of [file, `${origin}/-/files`, `${origin}/hostile`, `${origin}/-/page.js`]) {
    for (const method of ["GET", "POST"]) {
      const options = JSON.stringify({ method, credentials: "include" });
      const ask = `fetch(${
        JSON.stringify(target)
      }, ${options}).then(() => "read", () => "refused")`;
      assertEquals(await page.evaluate(ask), "refused", `${method} ${target}`);
    }
  }
  const connect = `new Promise((done) => {
    const socket = new WebSocket("ws://127.0.0.1:${port}/");
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
  })`;
  assertEquals(await page.evaluate(connect), "refused");
  await page.evaluate(`${LOAD}; load(["iframe"], ${JSON.stringify(`${origin}/hostile`)})`);
  const [, frame] = page.frames();
  assertMatch(frame?.url() ?? "", /^chrome-error:/);
  assertEquals((await eve.ask("WHO #hostile")).length, 3);
});

function upload(origin: string, { name, bytes }: HostileFile): Promise<Response> {
  return fetch(`${origin}/-/files`, {
    method: "POST",
    body: bytes,
    headers: {
      "Authorization": basic("eve", "sesame"),
      "Content-Type": "text/html",
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    },
  });
}

/** A function for a page: loads an address as elements of these kinds; resolves to the outcomes. */
const LOAD = `var load = (kinds, address) => Promise.all(kinds.map((kind) => new Promise((done) => {
  const element = document.createElement(kind);
  element.onload = element.oncanplay = () => done(kind + ": loaded");
  element.onerror = () => done(kind + ": refused");
  element[kind === "object" ? "data" : "src"] = address;
  document.body.append(element);
})))`;
