// Every message that a client has seen survives a kill of the server. `deno task kill` takes the
// number of kills and a seed for their moments.

import { assert, assertEquals } from "@std/assert";
import { killAgainAndAgain } from "../support/kill.ts";

const [kills = 5, seed = Date.now()] = Deno.args.map(Number);

Deno.test(`every message a client has seen survives kill -9 (${kills} times, seed ${seed})`, async () => {
  const findings = await killAgainAndAgain(kills, seed);
  console.log(JSON.stringify(findings));
  const { seen, journaled, missing, doubled, disordered, wrong } = findings;
  assert(seen > 0 && journaled > 0);
  assertEquals({ missing, doubled, disordered }, { missing: 0, doubled: 0, disordered: 0 });
  assertEquals(wrong, undefined);
});
