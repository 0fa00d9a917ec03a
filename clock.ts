/**
 * Time, passed in: whatever waits or dates something takes a {@linkcode Clock}, so that tests turn
 * the hands themselves and never sleep.
 *
 * @module
 */

/** Undoes what returned it; calling it again, or too late, does nothing. */
export type Cancel = () => void;

/** What the time is, and what is to happen later. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Runs `action` once, `ms` milliseconds from now. */
  after(ms: number, action: () => void): Cancel;
  /** Runs `action` every `ms` milliseconds. */
  every(ms: number, action: () => void): Cancel;
}

/** The time of the machine. */
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
