import { systemClock } from "../../shared/clock.ts";

/**
 * The longest time that a test waits for one thing, in milliseconds of real time. It only ends
 * tests that wait in vain.
 */
export const WAIT_MS = 30_000;
/**
 * The longest life of a server or a process of a test, in milliseconds of real time. When it ends,
 * a test that waits for it in vain ends, too. No test takes nearly as long, even on a busy machine.
 */
export const LIFE_MS = 120_000;

/**
 * Settles as `promise` does. Rejects if that takes too long, so a test fails if it waits in vain.
 * `what` names the thing waited for, in the error message.
 */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const expire = () => timeout.reject(new Error(`${what} did not come within ${WAIT_MS / 1000} s`));
  const cancel = systemClock.after(WAIT_MS, expire);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    cancel();
  }
}
