import { assertEquals } from "@std/assert";
import { CostWorld } from "../../../bench/costs/world.ts";
import { REFERENCE, WORST_INPUTS } from "../../../bench/costs/worst_inputs.ts";
import { COMMANDS } from "../../../server/commands/dispatch.ts";

Deno.test("each command has a row with its costliest inputs", () => {
  const commands = [...COMMANDS.keys()].sort();
  assertEquals(Object.keys(WORST_INPUTS).sort(), commands);
});

/** The highest cost that an input may have; the unit is the cost of a PRIVMSG to one user. */
const BOUND = 300;
const ATTEMPTS = 3;

Deno.test("no command of one client keeps others waiting much longer than a message does", async () => {
  await using world = await CostWorld.start({ users: 1000, rooms: 10_000, messages: 200 });
  const reference = await world.costOf(REFERENCE, 10 * ATTEMPTS);
  const found: string[] = [];
  for (const [command, inputs] of Object.entries(WORST_INPUTS)) {
    for (const input of inputs) {
      let ratio = await world.costOf(input, ATTEMPTS) / reference;
      // On a busy machine, other programs may have taken part of the time.
      if (ratio > BOUND) ratio = await world.costOf(input, 10 * ATTEMPTS) / reference;
      if (ratio > BOUND) found.push(`${command} ${input.name ?? ""}: ${Math.round(ratio)}`);
    }
  }
  assertEquals(found, []);
});
