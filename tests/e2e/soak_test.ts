// A server under churn serves all clients correctly, and does not grow. `deno task soak` takes the number
// of minutes, each a round, a seed, and a file for its report.

import { assert, assertEquals } from "@std/assert";
import { type RoundFigures, soak } from "../support/soak.ts";
import { soakPage } from "../support/soak_page.ts";

const [minutes, seed = Date.now()] = Deno.args.map(Number);
const [, , page] = Deno.args;
const [rounds, roundMs] = minutes === undefined ? [3, 4_000] : [minutes, 48_000];
/** The number of rounds from which on the growth of the first life is judged. */
const ENOUGH = 10;
/**
 * The largest growth that is allowed between the two halves of the first life, without its first
 * rounds. The heap falls only when garbage is collected, so its lowest values are compared. Of all
 * other resources, the highest values are compared.
 */
const MOST_GROWN = { rssMb: 24, heapMb: 6, descriptors: 2, timers: 2, storeMb: 4 };

Deno.test({
  name: `a server is as it must be after ${rounds} rounds of churn (seed ${seed})`,
  ignore: Deno.build.os !== "linux",
  async fn() {
    const findings = await soak(rounds, roundMs, seed, print);
    const { wrong, told, leftOut } = findings;
    console.log("told:", JSON.stringify(told), "left out:", JSON.stringify(leftOut));
    if (page !== undefined) {
      Deno.writeTextFileSync(page, soakPage(findings, seed, new Date()));
      new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", page] }).outputSync();
    }
    assertEquals(wrong, []);
    const life = findings.rounds.filter(({ isFirstLife }) => isFirstLife);
    const flat = life.map(({ users, rooms, faults, timers }) => ({ users, rooms, faults, timers }));
    for (const figures of flat) assertEquals({ ...figures, faults: 0 }, flat[0]);
    if (life.length >= ENOUGH) assertNotGrown(life);
  },
});

function assertNotGrown(life: readonly RoundFigures[]): void {
  const half = Math.floor(life.length / 2);
  for (const [name, most] of Object.entries(MOST_GROWN)) {
    const values = life.map((round) => Number(new Map(Object.entries(round)).get(name)));
    const extreme = name === "heapMb" ? Math.min : Math.max;
    const before = extreme(...values.slice(Math.floor(half / 5), half));
    const after = extreme(...values.slice(half));
    console.log(`${name}: ${before.toFixed(1)} to ${after.toFixed(1)}`);
    assert(after - before <= most, `${name} grew from ${before} to ${after}`);
  }
}

function print(figures: RoundFigures): void {
  const cells = Object.entries(figures).map(([name, value]) => {
    return `${name}=${typeof value === "number" ? Math.round(value * 100) / 100 : value}`;
  });
  console.log(new Date().toISOString().slice(11, 19), ...cells);
}
