/**
 * Measures the page for browsers in Chromium: the bytes and the time until the first message is
 * shown, and the frames and the memory while a user scrolls through a room with many messages.
 * Build it first: `deno task compile`.
 *
 * ```sh
 * deno task page-figures                      # 100,000 messages
 * deno task page-figures --messages 10000
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { CDPSession, Page } from "playwright-core";
import { pause, systemClock } from "../shared/clock.ts";
import { Visitors } from "../tests/support/browser.ts";
import { ServeProcess } from "../tests/support/chat_process.ts";
import { framesDuring, LONG_FRAME_MS, scrollToEnd } from "../tests/support/page_frames.ts";
import { median, Member, percentile } from "./members.ts";

const ROOM = "#lobby";
const LINE_END = "\r\n";

/** The number of lines that a member sends before it waits for the server. */
const BURST = 1000;

/** The distance of one step of the wheel, in pixels. */
const WHEEL = 2000;

/** The number of visits whose times are measured. */
const VISITS = 10;

/** The number of places to which the user drags the scroll bar. */
const DRAGS = 100;

const { messages: wanted = 100_000, seconds = 10, limit = 600, only = "" } = parseArgs(Deno.args, {
  string: ["messages", "seconds", "limit", "only"],
});
const messages = Number(wanted);
const timeLimitMs = Number(limit) * 1000;

const limits = {
  // The sender does not answer the PING of the server.
  pingSeconds: 3600,
  commandsPerSecond: 1_000_000,
  commandBurst: 1_000_000,
  sendQueueBytes: 2 ** 28,
};

/** Fills the room. */
async function fill(sender: Member, count: number): Promise<void> {
  for (let sent = 0; sent < count;) {
    const lines = Array.from({ length: Math.min(BURST, count - sent) }, () => message(sent++));
    await sender.send(lines.join(""));
    await sender.barrier();
  }
}

function message(number: number): string {
  const words = "a few words of the length that people write in chats ".repeat(1 + number % 3);
  return `PRIVMSG ${ROOM} :message ${number}, ${words}${LINE_END}`;
}

/** Prints the bytes and the requests of a first visit, and the times of later ones. */
async function measureLoading(ada: Page, cdp: CDPSession, url: string): Promise<void> {
  let [bytes, requests] = [0, 0];
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests++;
  });
  await cdp.send("Network.enable");
  await ada.goto(url);
  await ada.getByLabel("Your name here").fill("ada");
  await ada.getByRole("button", { name: "Join", exact: true }).click();
  await ada.getByText("The name ada is yours now").waitFor();
  console.log(
    `| loaded at the first visit | ${(bytes / 1000).toFixed(1)} kB, ${requests} requests |`,
  );
  await cdp.send("Network.disable");
  const times: number[] = [];
  await ada.addInitScript(`window.firstMessage = new Promise((done) => {
    const seen = () => {
      if (!document.querySelector(".message")) return requestAnimationFrame(seen);
      requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    };
    requestAnimationFrame(seen);
  })`);
  for (let i = 0; i < VISITS; i++) {
    await ada.goto(url);
    times.push(Number(await ada.evaluate("firstMessage")));
  }
  times.sort((one, other) => one - other);
  const [p50, max] = [median(times), times.at(-1) ?? NaN].map((each) => each.toFixed(0));
  console.log(
    `| from opening the page to the first message shown | p50 ${p50} ms, max ${max} ms |`,
  );
}

/** Prints the frames while the user acts, and the memory after that. */
async function measure(
  name: string,
  ada: Page,
  cdp: CDPSession,
  act: () => Promise<void>,
): Promise<void> {
  const start = performance.now();
  const { times, empty, tasks } = await framesDuring(ada, act);
  const seconds = (performance.now() - start) / 1000;
  const long = times.filter((each) => each > LONG_FRAME_MS).length;
  const ms = [median(times), percentile(times, 0.99), times.at(-1) ?? NaN];
  const cells = [name, seconds.toFixed(1), times.length, ...ms.map((each) => each.toFixed(1))];
  const longTasks = tasks.filter((each) => each > LONG_FRAME_MS).length;
  cells.push(long, empty, (tasks.at(-1) ?? NaN).toFixed(1), longTasks);
  console.log(`| ${[...cells, await memoryOf(ada, cdp)].join(" | ")} |`);
}

/**
 * Returns the memory of a page once its garbage is collected: its heap, its elements, its process.
 */
async function memoryOf(ada: Page, cdp: CDPSession): Promise<string> {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const find = (key: string) => metrics.find(({ name }) => name === key)?.value ?? NaN;
  const heap = (find("JSHeapUsedSize") / 1e6).toFixed(1);
  return `${heap} MB | ${find("Nodes")} | ${await processMegabytes(ada)}`;
}

/**
 * Returns the memory of the largest process that draws pages, without what it shares; Linux only.
 */
async function processMegabytes(ada: Page): Promise<string> {
  const browser = await ada.context().browser()?.newBrowserCDPSession();
  if (!browser || Deno.build.os !== "linux") return "";
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  await browser.detach();
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => {
    const status = Deno.readTextFileSync(`/proc/${id}/status`);
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1000;
  });
  return `${Math.max(...sizes).toFixed(0)} MB`;
}

/** Drags the scroll bar to many places, and then returns to the newest message. */
async function drag(ada: Page): Promise<void> {
  for (let i = 0; i < DRAGS; i++) {
    const place = (i * 37 % 100) / 100;
    await ada.getByRole("log").evaluate((list, place) => {
      list.scrollTop = list.scrollHeight * place;
    }, place);
    await pause(systemClock, 30);
  }
  await ada.locator(".to-end").click();
}

/** Sends `rate` messages a second to the room for a time. */
async function flood(sender: Member, rate: number): Promise<void> {
  const start = performance.now();
  const duration = Number(seconds) * 1000;
  for (let sent = 0, passed = 0; passed < duration; passed = performance.now() - start) {
    const lines = [];
    while (sent < passed / 1000 * rate) lines.push(message(sent++));
    await sender.send(lines.join(""));
    await pause(systemClock, 5);
  }
  await sender.barrier();
}

await using server = ServeProcess.start({ limits }, { timeLimitMs });
const [, url = ""] = await server.stdout(/In a browser: (\S+)/);
const [, fingerprint = ""] = /[?&]fp=([^"&\s]+)/.exec(await server.address()) ?? [];
const sender = await Member.join({ port: Number(new URL(url).port), fingerprint }, "bob", ROOM);
await fill(sender, messages);
await using visitors = await Visitors.arrive();
const ada = await visitors.open("about:blank", { viewport: { width: 1440, height: 900 } });
const cdp = await ada.context().newCDPSession(ada);
await cdp.send("Performance.enable");
console.log("| the page | |\n| :--- | ---: |");
await measureLoading(ada, cdp, url);
console.log(`| memory then | ${(await memoryOf(ada, cdp)).replaceAll(" |", ",")} |\n`);
const heads =
  "frames | p50 ms | p99 ms | max ms | over 50 ms | empty | longest task ms | tasks over 50 ms | heap | elements | process";
console.log(`| ${messages} messages | s | ${heads} |\n| :--- |${" ---: |".repeat(12)}`);
const last = `message ${messages - 1},`;
await ada.locator(".message .text").filter({ hasText: last }).waitFor();
const actions: readonly (readonly [name: string, act: () => Promise<void>])[] = [
  ["scrolling up to the first", () => scrollToEnd(ada, "up", WHEEL, timeLimitMs)],
  ["scrolling down to the last", () => scrollToEnd(ada, "down", WHEEL, timeLimitMs)],
  ["dragging the scroll bar", () => drag(ada)],
  ["100 messages a second", () => flood(sender, 100)],
  ["1000 messages a second", () => flood(sender, 1000)],
];
for (const [name, act] of actions) {
  if (name.includes(only)) await measure(name, ada, cdp, act);
}
sender.close();
