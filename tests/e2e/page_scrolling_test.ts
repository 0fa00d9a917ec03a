import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, reads, Visitors } from "../support/browser.ts";
import { ServeProcess } from "../support/chat_process.ts";
import { IrcClient } from "../support/irc_client.ts";
import { framesDuring, LONG_FRAME_MS, scrollToEnd } from "../support/page_frames.ts";

const ignore = CHROMIUM === undefined;
const COUNT = 2000;
/** The largest number of elements of the page, with a list of many messages. */
const MAX_ELEMENTS = 3000;
/** The longest task, in milliseconds: on a machine with other work, each takes up to twice as long. */
const MAX_TASK_MS = 2 * LONG_FRAME_MS;

function line(number: number): string {
  return `PRIVMSG #long :line ${number}. ${"some words ".repeat(1 + number % 30)}`;
}

/** A room with many messages, a visitor who sees the last one, and a client that goes on talking. */
async function open() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(ServeProcess.start());
  const [, address = ""] = await server.stdout(/In a browser: (\S+)/);
  const { origin, port } = new URL(address);
  const bob = stack.use(await IrcClient.register(Number(port), { nick: "bob", join: "#long" }));
  await bob.send(...Array.from({ length: COUNT }, (_, number) => line(number)));
  await bob.ask("PING done");
  const visitors = stack.use(await Visitors.arrive());
  const ada = await visitors.join(`${origin}/long`, "ada");
  await reads(ada, `line ${COUNT - 1}.`);
  return { ada, bob, visitors, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Returns the numbers of the messages that have elements, in order. */
async function shown(page: Page): Promise<number[]> {
  const texts = await page.locator(".message .text").allTextContents();
  return texts.flatMap((text) => /^line (\d+)\./.exec(text)?.[1] ?? []).map(Number);
}

/** Notes each message that gets an element, and the largest number of elements. */
const FOLLOW = `{
  window.found = new Set();
  window.most = 0;
  const look = () => {
    for (const each of document.querySelectorAll(".message .text")) {
      found.add(/^line (\\d+)\\./.exec(each.textContent)?.[1]);
    }
    most = Math.max(most, document.querySelectorAll("*").length);
  };
  look();
  new MutationObserver(look).observe(document.querySelector(".list"), {
    childList: true,
    subtree: true,
  });
}`;

Deno.test("a long history scrolls from end to end; all of it is shown, with few elements", {
  ignore,
}, async () => {
  await using parts = await open();
  const { ada, visitors } = parts;
  await ada.evaluate(FOLLOW);
  for (const direction of ["up", "down"] as const) {
    const { tasks, empty } = await framesDuring(ada, () => scrollToEnd(ada, direction, 500));
    assertEquals(empty, 0, direction);
    assert(tasks.length > 0);
    assertEquals(tasks.filter((time) => time > MAX_TASK_MS), [], direction);
    const end = direction === "up" ? 0 : COUNT - 1;
    await ada.getByText(`line ${end}.`).first().waitFor();
    assertEquals(await ada.evaluate("found.size"), COUNT, direction);
    const numbers = await shown(ada);
    assertEquals(numbers, numbers.map((_, index) => (numbers[0] ?? 0) + index), direction);
  }
  const most = Number(await ada.evaluate("most"));
  assert(most < MAX_ELEMENTS, `${most}`);
  assertEquals(visitors.complaints, []);
});

Deno.test("scrolling does not wait for the browser to say what the page may do", {
  ignore,
}, async () => {
  await using parts = await open();
  const { ada } = parts;
  await ada.evaluate(`{
    window.asked = 0;
    Object.defineProperty(Notification, "permission", { get: () => (asked++, "default") });
  }`);
  await scrollToEnd(ada, "up", 2000);
  assertEquals(await ada.evaluate("asked"), 0);
});

Deno.test("messages get their buttons once the list rests", { ignore }, async () => {
  await using parts = await open();
  const { ada } = parts;
  await ada.evaluate(`{
    window.made = 0;
    new MutationObserver((all) => {
      for (const { addedNodes } of all) {
        for (const node of addedNodes) {
          made += node.querySelectorAll?.(".actions").length ?? 0;
          if (node.matches?.(".actions")) made++;
        }
      }
    }).observe(document.querySelector(".list"), { childList: true, subtree: true });
  }`);
  await scrollToEnd(ada, "up", 2000);
  const made = Number(await ada.evaluate("made"));
  assert(made < COUNT / 4, `${made}`);
  const first = ada.locator(".message").filter({ hasText: "line 0." });
  await first.hover();
  await first.getByRole("button", { name: "Reply" }).waitFor();
});

/** Keeps back what the page sends until `releaseSent()` is called. */
const HOLD = `{
  const { send } = WebSocket.prototype;
  const held = [];
  WebSocket.prototype.send = function (data) {
    held.push(() => send.call(this, data));
  };
  window.releaseSent = () => {
    WebSocket.prototype.send = send;
    held.forEach((each) => each());
  };
}`;

/** Returns the height of the list, and the first message that is all visible with its place. */
const READ = `(() => {
  const list = document.querySelector(".list");
  const { top } = list.getBoundingClientRect();
  const all = [...document.querySelectorAll(".message")];
  const first = all.find((each) => each.getBoundingClientRect().top >= top);
  return JSON.stringify([list.scrollHeight, first.dataset.id, first.getBoundingClientRect().top]);
})()`;

for (const place of [700, 0]) {
  Deno.test(`earlier messages do not move what the user reads, ${place} pixels from the top`, {
    ignore,
  }, async () => {
    await using parts = await open();
    const { ada } = parts;
    await ada.evaluate(HOLD);
    // Not all browsers keep the place by themselves.
    await ada.evaluate("document.querySelector('.list').style.overflowAnchor = 'none'");
    await ada.evaluate(`document.querySelector('.list').scrollTop = ${place}`);
    await ada.getByText("Loading").waitFor();
    let [height, id, top] = [0, "", 0];
    for (let last = ""; last !== (last = await ada.evaluate(READ));) {
      [height, id, top] = JSON.parse(last);
      await ada.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
      );
    }
    await ada.evaluate("releaseSent()");
    while (await ada.evaluate("document.querySelector('.list').scrollHeight") === height) {
      await ada.evaluate("new Promise(requestAnimationFrame)");
    }
    const now = await ada.locator(`[data-id="${id}"]`).boundingBox();
    assert(now && Math.abs(now.y - top) < 2, `${top} → ${now?.y}`);
  });
}

Deno.test("what is said while the user reads far back is there when they return", {
  ignore,
}, async () => {
  await using parts = await open();
  const { ada, bob } = parts;
  await scrollToEnd(ada, "up", 2000);
  await bob.send(...Array.from({ length: 50 }, (_, index) => line(COUNT + index)));
  await bob.ask("PING done");
  const newest = COUNT + 49;
  await ada.getByRole("button", { name: "50 new below" }).click();
  await ada.getByText(`line ${newest}.`).waitFor();
  const numbers = await shown(ada);
  assertEquals(numbers, numbers.map((_, index) => newest + 1 - numbers.length + index));

  await scrollToEnd(ada, "up", 2000);
  await ada.locator(".composer textarea").fill("I am here");
  await ada.keyboard.press("Enter");
  await reads(ada, "I am here");
  await ada.getByText(`line ${newest}.`).waitFor();
  await bob.send(line(newest + 1));
  await ada.getByText(`line ${newest + 1}.`).waitFor();
});
