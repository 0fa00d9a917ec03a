import { assertEquals } from "@std/assert";
import { dropOldSeen } from "../../../server/cluster/seen_records.ts";
import { beginning } from "../../../server/cluster/lease.ts";
import { BEFORE_ALL, Progress } from "../../../server/cluster/standing.ts";
import { ModelStore } from "../../sim/model_store.ts";
import { openServer } from "../../sim/server_parts.ts";
import { FollowingLog } from "../../../server/cluster/logs.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("a leader keeps its records of what users have seen unless another server led meanwhile", () => {
  for (
    const [leaders, isKept] of [
      [["n1.a"], true],
      [["n1.a", "n1.b"], true],
      [["n1.a", "n2.c", "n1.a"], false],
      [["n2.c", "n1.a", "n1.a"], true],
    ] as const
  ) {
    const store = new ModelStore({ changes: [] });
    store.keep("seen", "ada", { time: 0, channels: [], open: ["#a"] });
    const standing = new Progress(BEFORE_ALL);
    for (const [at, leader] of leaders.entries()) {
      const entry = beginning(at + 1, leader);
      standing.begin(entry);
      standing.note(entry);
    }
    dropOldSeen(store, standing);
    assertEquals([...store.records("seen")].length, isKept ? 1 : 0, leaders.join());
  }
});

Deno.test("a server that does not lead does not change its records of what users have seen", () => {
  const clock = new FakeClock();
  const store = new ModelStore({ changes: [] });
  const seen = { time: 0, channels: [], open: ["#a"] };
  store.keep("seen", "ada", seen);
  const { context } = openServer({
    ...{ clock, store, duty: "deliver" },
    openLog: (parts) => new FollowingLog(parts, []),
    onFault(text) {
      throw new Error(text);
    },
  });
  clock.advance(20 * 60_000);
  context.tidy();
  assertEquals([...store.records("seen")], [["ada", seen]]);
});
