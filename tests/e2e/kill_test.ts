// Checks that every message that a client has seen, and every change that was confirmed, survives a
// kill of the server. `deno task kill` takes the number of kills and a seed for their moments.

import { assert, assertEquals } from "@std/assert";
import { killTalks } from "../support/kill_messages.ts";
import { killChanges } from "../support/kill_state.ts";

const [kills = 5, seed = Date.now()] = Deno.args.map(Number);

Deno.test(`every message a client has seen survives kill -9 (${kills} times, seed ${seed})`, async () => {
  const findings = await killTalks(kills, seed);
  console.log(JSON.stringify(findings));
  const { seen, journaled, missing, doubled, disordered, wrong } = findings;
  assert(seen > 0 && journaled > 0);
  assertEquals({ missing, doubled, disordered }, { missing: 0, doubled: 0, disordered: 0 });
  assertEquals(wrong, undefined);
});

Deno.test(`every confirmed change survives kill -9, and no refused one is made (${kills} times, seed ${seed})`, async () => {
  const findings = await killChanges(kills, seed);
  console.log(JSON.stringify(findings));
  const { confirmed, refused, granted, wrong, damage } = findings;
  assert(confirmed > 0 && refused > 0);
  assertEquals({ granted, wrong }, { granted: 0, wrong: [] });
  assertEquals(damage, undefined);
});
