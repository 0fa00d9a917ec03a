// Checks that the input line is whole after random steps. `deno task steps` takes the number of
// steps, and a seed.

import { RandomUser } from "../../support/random_user.ts";

/** The number of steps, and the seed. With the same seed, each run has the same steps. */
const [steps = 2000, firstSeed = 20_261_128] = Deno.args.map(Number);

/**
 * The number of steps of one client. The next client begins on an empty screen, with the next seed.
 */
const STEPS_AT_ONCE = 1000;

Deno.test(`after each of ${steps} random steps, the input line is whole and no message is lost or doubled`, async () => {
  for (let done = 0; done < steps; done += STEPS_AT_ONCE) {
    const seed = firstSeed + done / STEPS_AT_ONCE;
    await takeSteps(Math.min(STEPS_AT_ONCE, steps - done), seed);
  }
});

async function takeSteps(count: number, seed: number): Promise<void> {
  await using user = await RandomUser.start(seed);
  let step = 0;
  try {
    for (; step < count; step++) await user.step();
    await user.finish();
  } catch (error) {
    const cause = error instanceof Error ? `${error.message}\n${error.cause}` : "";
    throw new Error(`seed ${seed}, step ${step}: ${cause}`, { cause: error });
  }
}
