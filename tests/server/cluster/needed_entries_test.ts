import { assertEquals } from "@std/assert";
import { NeededEntries } from "../../../server/cluster/needed_entries.ts";

Deno.test("the entries after a copy are needed until the copy is released", () => {
  const needed = new NeededEntries(10);
  assertEquals(needed.after, 10);
  const release = needed.copy(12);
  needed.keep(20);
  assertEquals([needed.kept, needed.after], [20, 12]);
  const releaseOther = needed.copy(15);
  release();
  assertEquals(needed.after, 15);
  releaseOther();
  assertEquals(needed.after, 20);
});
