import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Event, Said } from "../../../server/events/events.ts";
import type { Actor } from "../../../server/events/actor.ts";
import { idAt } from "../../../server/events/ids.ts";
import { blockOf, readBlock } from "../../../server/store/blocks.ts";

const ada: Actor = { id: 1, nick: "ada", mask: "ada!~a@h" };
const bob: Actor = { id: 2, nick: "bob", mask: "bob!~b@h" };
let now = Date.UTC(2026, 10, 23);

function said(more: Partial<Said> = {}): Said {
  const time = now++;
  const to = { type: "channel", channel: "#a" } as const;
  const common = { type: "Said", by: ada, command: "PRIVMSG", to, tags: new Map() } as const;
  return { ...common, id: idAt(time), time, text: "x".repeat(20), ...more };
}

Deno.test("a block is read back as it was written, for every sequence of events", () => {
  const variants: readonly Partial<Said>[] = [
    {},
    { by: bob },
    { command: "NOTICE" },
    { to: { type: "channel", channel: "#A" } },
    { to: { type: "channel", channel: "#a", rank: "@" } },
    { to: { type: "user", user: 2, nick: "bob" } },
    { to: { type: "user", user: 2, nick: "Bob" } },
    { text: "a\nb", lines: [{ text: "a", concat: false }, { text: "b", concat: false }] },
    { tags: new Map([["+draft/reply", "x"]]) },
    { time: now + 1e6 },
    { text: '"\\\u2028' },
  ];
  for (const one of variants) {
    for (const other of variants) {
      const { id, time, by } = said();
      const parted: Event = { type: "Parted", id, time, by, channel: "#a", reason: "tea" };
      const events: Event[] = [said(one), said(other), said(one), parted, said(one)];
      assertEquals(readBlock(blockOf(events).text), events);
    }
  }
});

Deno.test("a further message by the same sender adds little more than its text", () => {
  const length = (count: number) =>
    blockOf(Array.from({ length: count }, () => said())).text.length;
  assert(length(100) - length(99) < 20 + 25);
});

Deno.test("reading a damaged block throws", () => {
  for (const text of ["", "[", '[["00000000001","x"]]', "7", '{"a":1}', "[7]", "[null]"]) {
    assertThrows(() => readBlock(text), Error);
  }
});
