import { systemClock } from "../../clock.ts";

/** What a test asks for has to come within this time of the machine; it is waited for, never slept. */
const PATIENCE_MS = 10_000;

/**
 * As `promise`, but rejects if that has not resolved in time: a test that waits for what never comes
 * has to fail. `what` says what was waited for.
 */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const impatience = Promise.withResolvers<never>();
  const late = () =>
    impatience.reject(new Error(`${what} did not come in ${PATIENCE_MS / 1000} s`));
  const forget = systemClock.after(PATIENCE_MS, late);
  try {
    return await Promise.race([promise, impatience.promise]);
  } finally {
    forget();
  }
}
