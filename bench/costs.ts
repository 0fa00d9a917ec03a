/**
 * Measures the longest time for which one command keeps the server from serving others: for the
 * costliest inputs of each command, on a server with many users, rooms and messages. Writes the
 * table to `docs/costs.md`; with the name of a command, prints its rows.
 */

import { formatTable } from "./costs/table.ts";
import { CostWorld } from "./costs/world.ts";
import { REFERENCE, WORST_INPUTS } from "./costs/worst_inputs.ts";

const SCALE = { users: 5000, rooms: 20_000, messages: 1000 };
const ATTEMPTS = 3;

await using world = await CostWorld.start(SCALE);
const reference = await world.costOf(REFERENCE, 10 * ATTEMPTS);
const [only] = Deno.args;
const costs = [];
for (const [command, inputs] of Object.entries(WORST_INPUTS)) {
  if (only !== undefined && command !== only) continue;
  for (const input of inputs) {
    costs.push({ command, input, ms: await world.costOf(input, ATTEMPTS) });
  }
}
const page = formatTable(costs, reference, SCALE);
if (only === undefined) Deno.writeTextFileSync("docs/costs.md", page);
else console.log(page);
