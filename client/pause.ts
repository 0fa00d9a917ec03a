/**
 * Waiting that can be cut short. Pure but for the clock it is given.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** Resolves after `ms` milliseconds, or when `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const cancel = clock.after(ms, wake);
  signal.addEventListener("abort", wake);
  return promise.finally(() => {
    cancel();
    signal.removeEventListener("abort", wake);
  });
}
