/**
 * Passes in the time: code that waits or needs the time takes a {@linkcode Clock}, so that tests set the
 * time themselves and never sleep.
 *
 * @module
 */

/** Cancels a timer; does nothing when called again or too late. */
export type Cancel = () => void;

/** A clock with timers. */
export interface Clock {
  /** Returns the time, in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Runs `action` once, `ms` milliseconds from now. */
  after(ms: number, action: () => void): Cancel;
  /** Runs `action` every `ms` milliseconds. */
  every(ms: number, action: () => void): Cancel;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  every(ms, action) {
    const timer = setInterval(action, ms);
    return () => clearInterval(timer);
  },
};
