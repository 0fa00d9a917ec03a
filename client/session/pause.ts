/**
 * How long to wait before trying again, and waiting that can be cut short. Pure but for the clock it
 * is given.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";

/** Seconds between tries: doubled each time, up to the last. */
const PAUSE = { first: 1, last: 60 } as const;

/**
 * Seconds to wait after `attempt` tries: between half of what that makes and all of it, by `random`
 * (from 0 to 1), so that not everybody returns in the same moment.
 */
export function pauseAfter(attempt: number, random: () => number): number {
  return Math.min(PAUSE.first * 2 ** attempt, PAUSE.last) * (1 + random()) / 2;
}

/** Whether the pause after `attempt` tries is as long as they get. */
export function isLongest(attempt: number): boolean {
  return PAUSE.first * 2 ** attempt >= PAUSE.last;
}

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
