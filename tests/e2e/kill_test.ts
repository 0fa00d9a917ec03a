// What anybody has seen is there after the server was killed. With a number behind `deno task kill`,
// so many times; the second number decides on the moments.

import { assert, assertEquals } from "@std/assert";
import { killAgainAndAgain } from "../support/kill.ts";

const [kills = 5, seed = Date.now()] = Deno.args.map(Number);

Deno.test(`who has seen a message finds it again after kill -9 (${kills} times, seed ${seed})`, async () => {
  const findings = await killAgainAndAgain(kills, seed);
  console.log(JSON.stringify(findings));
  const { seen, journaled, missing, doubled, disordered, wrong } = findings;
  assert(seen > 0 && journaled > 0);
  assertEquals({ missing, doubled, disordered }, { missing: 0, doubled: 0, disordered: 0 });
  assertEquals(wrong, undefined);
});
