import { systemClock } from "../../shared/clock.ts";

/** The longest time that a test waits for something, in milliseconds of real time. */
const TIME_LIMIT_MS = 10_000;

/**
 * Settles as `promise` does, but rejects if that takes too long, so that a test that waits in vain
 * fails. `what` names the thing waited for, in the error message.
 */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const expire = () =>
    timeout.reject(new Error(`${what} did not come within ${TIME_LIMIT_MS / 1000} s`));
  const cancel = systemClock.after(TIME_LIMIT_MS, expire);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    cancel();
  }
}
