import { assertEquals } from "@std/assert";
import { Follower } from "../../../server/cluster/follower.ts";
import { beginning } from "../../../server/cluster/lease.ts";

const ENTRY = beginning(1, "n1.a");

Deno.test("a follower that misses many entries asks for some at a time, and applies all in order", () => {
  const asked: number[] = [];
  const applied: number[] = [];
  const follower = new Follower({
    applied: 10,
    apply: (seq) => applied.push(seq) > 0,
    ask: (seq) => asked.push(seq),
  });
  follower.heard(1010, 0);
  const [first = []] = [asked.splice(0)];
  assertEquals(first, Array.from({ length: 64 }, (_, i) => 11 + i));
  for (const seq of first.toReversed()) follower.committed(seq, ENTRY, 10);
  assertEquals([applied, follower.isCurrent], [first, false]);
  while (asked.length > 0) follower.committed(asked.pop() ?? 0, ENTRY, 20);
  assertEquals(applied, Array.from({ length: 1000 }, (_, i) => 11 + i));
  assertEquals(follower.isCurrent, true);
});

Deno.test("a follower asks again for an entry that does not come", () => {
  const asked: number[] = [];
  const follower = new Follower({
    applied: 0,
    apply: () => true,
    ask: (seq) => asked.push(seq),
  });
  follower.heard(2, 0);
  follower.committed(2, ENTRY, 50);
  follower.check(100);
  assertEquals(asked, [1, 2]);
  follower.check(300);
  assertEquals(asked, [1, 2, 1]);
});
