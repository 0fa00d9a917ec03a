import { assert, assertEquals } from "@std/assert";
import { partsOf } from "../../../client/page/parts.ts";
import { Timeline } from "../../../client/page/timeline.ts";
import { Buffer } from "../../../client/session/buffer.ts";
import type { Speech } from "../../../client/session/events.ts";

function said(number: number): Speech {
  const place = { room: "#tea", to: "#tea", own: false, forMe: false };
  const [id, nick, text] = [`m${number}`, "ada", `${number}`];
  return { type: "message", id, nick, text, time: number * 1000, ...place };
}

function saidAll(from: number, to: number): Speech[] {
  return Array.from({ length: to - from }, (_, index) => said(from + index));
}

/** Returns a timeline, and a function that adds messages of the session to it. */
function open() {
  const buffer = new Buffer("room", "#tea", (one, other) => one === other);
  const timeline = new Timeline(buffer);
  const hear = (...messages: readonly Speech[]) => {
    for (const message of messages) {
      buffer.add(message, false);
      timeline.add(message);
    }
  };
  return { timeline, hear };
}

/** Returns the first and the last number; checks that each number between them is there once. */
function rangeOf({ items }: Timeline): number[] {
  const numbers = items.map(({ event }) => Number(event.id?.slice(1)));
  assertEquals(numbers, numbers.map((_, index) => (numbers[0] ?? 0) + index));
  const keys = items.map(({ key }) => key);
  assertEquals(keys, keys.map((_, index) => (keys[0] ?? 0) + index));
  return [numbers[0] ?? NaN, numbers.at(-1) ?? NaN];
}

/** Reads back to the message `first`; the user is at the top of the list all the time. */
function readBack(timeline: Timeline, first: number): void {
  while (Number(timeline.firstSpeech?.id?.slice(1)) > first) {
    timeline.seen = timeline.items[0]?.key;
    const before = Number(timeline.firstSpeech?.id?.slice(1));
    timeline.addEarlier(saidAll(Math.max(first, before - 40), before));
  }
}

Deno.test("a timeline whose end the user sees keeps the newest messages", () => {
  const { timeline, hear } = open();
  hear(...saidAll(0, 100_000));
  const [first = 0, last] = rangeOf(timeline);
  assertEquals(last, 99_999);
  assert(first >= 99_000, `${first}`);
  assert(!timeline.isCut);
});

Deno.test("a timeline keeps the messages around those that the user reads", () => {
  const { timeline, hear } = open();
  hear(...saidAll(50_000, 50_100));
  readBack(timeline, 0);
  const [first, last = 0] = rangeOf(timeline);
  assertEquals(first, 0);
  assert(last <= 1000, `${last}`);
  assert(timeline.isCut);
  // Messages that arrive are not put after much older ones.
  hear(said(50_100));
  assertEquals(rangeOf(timeline), [0, last]);
});

Deno.test("reading on leads through all later messages to the newest one", () => {
  const { timeline, hear } = open();
  hear(...saidAll(5000, 6000));
  readBack(timeline, 0);
  hear(...saidAll(6000, 6500));
  while (timeline.isCut) {
    timeline.seen = timeline.items.at(-1)?.key;
    if (timeline.continue()) continue;
    const after = Number(timeline.lastSpeech?.id?.slice(1));
    timeline.addLater(saidAll(after + 1, Math.min(after + 41, 6500)), after + 41 > 6500);
    rangeOf(timeline);
  }
  assertEquals(rangeOf(timeline)[1], 6499);
  hear(said(6500));
  assertEquals(rangeOf(timeline)[1], 6500);
});

Deno.test("a user who goes to the newest message finds all that was said meanwhile", () => {
  const { timeline, hear } = open();
  hear(...saidAll(5000, 5100));
  readBack(timeline, 0);
  const keys = new Set(timeline.items.map(({ key }) => key));
  hear(...saidAll(5100, 5200));
  timeline.toNewest();
  assertEquals(rangeOf(timeline), [5000, 5199]);
  assertEquals(timeline.items.filter(({ key }) => keys.has(key)), []);
  assert(!timeline.isWhole);
  timeline.addEarlier(saidAll(4960, 5000));
  hear(said(5200));
  assertEquals(rangeOf(timeline), [4960, 5200]);
});

Deno.test("a part of the list that has not changed is the same object", () => {
  const { timeline, hear } = open();
  hear(...saidAll(0, 35));
  const before = partsOf(timeline.items);
  hear(said(35));
  const after = partsOf(timeline.items, before);
  assertEquals(after.map((part, index) => part === before[index]), [true, true, true, false]);
});

Deno.test("a page of history that arrives after a later one leaves the order as it is", () => {
  const { timeline, hear } = open();
  timeline.addEarlier(saidAll(30, 70));
  hear(...saidAll(20, 70).map((each) => ({ ...each, isPast: true })));
  assertEquals(rangeOf(timeline), [30, 69]);
  hear(said(70));
  readBack(timeline, 20);
  assertEquals(rangeOf(timeline), [20, 70]);
  // Messages of the same millisecond have their order in their ids.
  const { timeline: other, hear: hearOther } = open();
  hearOther(...["m1", "m2"].map((id) => ({ ...said(1), id, isPast: true })));
  assertEquals(rangeOf(other), [1, 2]);
});

Deno.test("a timeline knows if one of its messages answers one of the given messages", () => {
  const { timeline, hear } = open();
  hear({ ...said(5), reply: "m1" }, said(6));
  assertEquals([timeline.quotes([said(1)]), timeline.quotes([said(2)])], [true, false]);
});
