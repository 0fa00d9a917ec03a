// Kills nodes of a cluster and NATS servers while clients talk, and checks that everything that a
// client has seen is kept, once, in one order. `deno task cluster-kill` takes the number of kills and
// a seed for their moments.

import { assert, assertEquals } from "@std/assert";
import { killInCluster } from "../support/cluster_kills.ts";

const [kills = 4, seed = Date.now()] = Deno.args.map(Number);

Deno.test(`what clients of a cluster have seen survives kill -9 (${kills} times, seed ${seed})`, async () => {
  const { seen, wrong, ...figures } = await killInCluster(kills, seed);
  console.log(JSON.stringify({ seen, ...figures }));
  assert(seen > 0);
  assertEquals(wrong, []);
});
