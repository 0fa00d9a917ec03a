import { assert, assertEquals } from "@std/assert";
import { SqliteStore } from "../../../server/store/sqlite.ts";

/** Returns the record of a room with so many bans. */
function roomWith(bans: number) {
  const entry = { mask: "*!*@192.0.2.1", by: "ada!~ada@192.0.2.1", time: 0 };
  const lists = { b: Array.from({ length: bans }, () => entry) };
  return { name: "#a", createdAt: 0, flags: "", settings: {}, ranks: {}, lists, metadata: {} };
}

Deno.test("a store knows before a commit that records with many entries will take long", () => {
  const store = new SqliteStore(":memory:", { durable: false });
  assertEquals(store.recordsMs, 0);
  store.keep("channel", "#a", roomWith(0));
  const small = store.recordsMs;
  store.keep("channel", "#b", roomWith(300));
  const large = store.recordsMs - small;
  assert(small > 0 && large > 5 * small, `${small} ${large}`);
  store.keep("channel", "#b", roomWith(300));
  assertEquals(store.recordsMs, small + large, "only its last state is written");
  store.commit();
  assertEquals(store.recordsMs, 0);
  store.close();
});
