// Checks that a flipped bit never changes a message, ends the program, or loses a message without a
// report. A flipped bit in the log of the database loses no message at all. `deno task flip` takes
// the number of flips in each file, and a seed for their positions.

import { assertEquals } from "@std/assert";
import { flipBits } from "../support/bit_flips.ts";
import { TempFolder } from "../support/temp_folder.ts";

const [flips = 50, seed = Date.now()] = Deno.args.map(Number);

for (const file of ["journal", "chat.db", "chat.db-wal"] as const) {
  Deno.test(`no flipped bit in ${file} changes a message (${flips} times, seed ${seed})`, () => {
    using folder = new TempFolder();
    const findings = flipBits(folder.path, file, flips, seed);
    console.log(file, JSON.stringify(findings));
    const { changed, crashed, silent, missing, refused } = findings;
    assertEquals({ changed, crashed, silent }, { changed: 0, crashed: [], silent: [] });
    if (file === "chat.db-wal") assertEquals({ missing, refused }, { missing: 0, refused: 0 });
  });
}
