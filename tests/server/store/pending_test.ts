import { assert, assertEquals } from "@std/assert";
import type { Said } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { Pending } from "../../../server/store/pending.ts";

/** Returns the sizes of the blocks that `count` messages with tags of `tagLength` characters need. */
function sizesOf(count: number, tagLength: number): number[] {
  const pending = new Pending();
  const ids = new EventIds();
  for (let index = 0; index < count; index++) {
    const said: Said = {
      type: "Said",
      id: ids.next(0),
      time: 0,
      by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
      command: "PRIVMSG",
      to: { type: "channel", channel: "#a" },
      text: "tea",
      tags: new Map([["+x", `${index}${"x".repeat(tagLength)}`]]),
    };
    pending.append("#a", said);
  }
  return pending.blocks.map(({ block }) => block.size);
}

Deno.test("a block of history has at most 100 events", () => {
  assertEquals(sizesOf(200, 1).length, 2);
});

Deno.test("a block of long events has fewer of them, so that it is read in little time", () => {
  const sizes = sizesOf(100, 4000);
  assert(Math.max(...sizes) < 40_000, `the largest block has ${Math.max(...sizes)} characters`);
  assert(sizes.length < 15, `there are ${sizes.length} blocks`);
});
