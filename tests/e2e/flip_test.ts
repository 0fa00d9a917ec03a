// No flipped bit changes a message or ends the program. `deno task flip` takes the number of flips in
// each file, and a seed for their places.

import { assertEquals } from "@std/assert";
import { flipBits } from "../support/bit_flips.ts";
import { TempFolder } from "../support/temp_folder.ts";

const [flips = 50, seed = Date.now()] = Deno.args.map(Number);

for (const file of ["journal", "chat.db", "chat.db-wal"] as const) {
  Deno.test(`no flipped bit in ${file} changes a message (${flips} times, seed ${seed})`, () => {
    using folder = new TempFolder();
    const findings = flipBits(folder.path, file, flips, seed);
    console.log(file, JSON.stringify(findings));
    assertEquals({ changed: findings.changed, crashed: findings.crashed }, {
      changed: 0,
      crashed: [],
    });
  });
}
