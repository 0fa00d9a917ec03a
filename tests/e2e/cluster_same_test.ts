// Sends random commands to one server and to three that are one, and compares every line. `deno task
// cluster-same` takes the number of seeds, the first seed, and the number of steps with each.

import { assert } from "@std/assert";
import { Comparison } from "../support/server_comparison.ts";

const [seeds = 2, first = 1, steps = 100] = Deno.args.map(Number);
/** The number of attempts with a seed: the leader must stay the same in one of them. */
const ATTEMPTS = 3;

for (let seed = first; seed < first + seeds; seed++) {
  Deno.test(`three servers that are one answer as one server does (seed ${seed})`, async () => {
    for (let left = ATTEMPTS; left > 0; left--) {
      await using comparison = await Comparison.start(seed);
      const differences = await comparison.run(steps);
      if (comparison.hasOtherLeader) continue;
      return assert(differences.length === 0, differences.join("\n\n"));
    }
    throw new Error("the machine is too busy: the leader has changed each time");
  });
}
