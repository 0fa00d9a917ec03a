// Simulates clusters of servers and single servers, each with the faults of one seed, and expects that
// they keep their promises. `deno task sim` takes the number of seeds, and the first.

import { assert, assertEquals } from "@std/assert";
import { runCluster } from "./sim/cluster.ts";
import type { Mistakes } from "./sim/mistakes.ts";
import { runSingle, type SingleMistakes } from "./sim/single.ts";
import { TempFolder } from "./support/temp_folder.ts";

const [seeds = 2000, first = 1] = Deno.args.map(Number);

/** The number of seeds after which a long run prints that it goes on. */
const PROGRESS = 10_000;

Deno.test(`a simulated cluster keeps its promises with ${seeds} seeds from ${first} on`, async () => {
  const sums = { events: 0, epochs: 0, shown: 0 };
  for (let seed = first; seed < first + seeds; seed++) {
    const { violations, faults, events, epochs, shown } = await runCluster(seed);
    assertEquals(violations, [], `seed ${seed}, with these faults:\n${faults.join("\n")}`);
    sums.events += events;
    sums.epochs += epochs;
    sums.shown += shown;
    if ((seed - first + 1) % PROGRESS === 0) console.log(`seed ${seed}`, JSON.stringify(sums));
  }
});

/** One in this many seeds is also run with a single server in memory. */
const SEEDS_PER_SERVER = 10;
/** One in this many seeds is also run with a single server with files. */
const SEEDS_PER_FOLDER = 100;

Deno.test(`a simulated server keeps all that was shown when it is killed`, async () => {
  for (let seed = first; seed < first + seeds; seed += SEEDS_PER_SERVER) {
    assertEquals((await runSingle(seed)).violations, [], `seed ${seed}`);
  }
});

Deno.test(`a simulated server with files keeps all that was shown when it is killed`, async () => {
  for (let seed = first; seed < first + seeds; seed += SEEDS_PER_FOLDER) {
    using folder = new TempFolder();
    assertEquals((await runSingle(seed, folder.path)).violations, [], `seed ${seed}`);
  }
});

/** The seed that finds each mistake. After a change of the server, a later seed may find it. */
const FOUND: Readonly<Record<keyof Mistakes, number>> = {
  noFencing: 2,
  answersNotHeld: 1,
  answersNotCounted: 2,
  trustsItself: 3,
  gapsNotFilled: 1,
  inputsRepeated: 1,
  refusalsIgnored: 14,
  sentForgotten: 329,
  appendsRepeated: 1,
};

/** The seed with which each mistake of a single server is found. */
const FOUND_SINGLE: Readonly<Record<keyof SingleMistakes, number>> = {
  showsBeforeCommit: 59,
  commitsLate: 1,
};

for (const [mistake, seed] of Object.entries(FOUND)) {
  const mistakes = { [mistake]: true };
  testMistake("cluster", mistake, seed, (seed, isBad) => runCluster(seed, isBad ? mistakes : {}));
}

for (const [mistake, seed] of Object.entries(FOUND_SINGLE)) {
  const mistakes = { [mistake]: true };
  testMistake(
    "server",
    mistake,
    seed,
    (seed, isBad) => runSingle(seed, undefined, isBad ? mistakes : {}),
  );
}

/** The number of seeds that are tried for each mistake. */
const TRIES = 2000;

function testMistake(
  what: string,
  mistake: string,
  from: number,
  run: (seed: number, isBad: boolean) => Promise<{ readonly violations: readonly string[] }>,
): void {
  Deno.test(`a simulated ${what} with the mistake ${mistake} is caught, with seed ${from}`, async () => {
    let seed = from;
    while (seed < from + TRIES && (await run(seed, true)).violations.length === 0) seed++;
    assert(seed < from + TRIES, `not with the seeds from ${from} on`);
    if (seed !== from) console.log(`${mistake}: now with seed ${seed}`);
    assertEquals((await run(seed, false)).violations, []);
  });
}

Deno.test("a simulation takes the same steps with the same seed", async () => {
  assertEquals(await runCluster(7), await runCluster(7));
  assertEquals(await runSingle(7), await runSingle(7));
});
