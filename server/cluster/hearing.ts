/**
 * Finds out why nothing is heard from other processes: they are silent, or this process could not
 * hear them, because it had no connection or stood still. Performs no I/O.
 *
 * @module
 */

/** If more than this time, in milliseconds, passes between two checks, the process stood still. */
const STILL_MS = 1000;
/**
 * The time that the others need to be heard again after this process could not hear, in
 * milliseconds.
 */
const RECOVERY_MS = 2000;

/** The times in which a process could not hear others. */
export class Hearing {
  #checkedAt: number;
  #deafAt = -Infinity;

  /** Begins at the time `now`. */
  constructor(now: number) {
    this.#checkedAt = now;
  }

  /**
   * Returns true if this process stood still since the last check, or is not connected now. Called
   * periodically.
   */
  failed(now: number, isConnected: boolean): boolean {
    const stoodStill = now - this.#checkedAt > STILL_MS;
    this.#checkedAt = now;
    const hasFailed = stoodStill || !isConnected;
    if (hasFailed) this.#deafAt = now;
    return hasFailed;
  }

  /**
   * Returns true if this process could not hear until lately, so that the others need more time.
   */
  recovers(now: number): boolean {
    return now - this.#deafAt < RECOVERY_MS;
  }
}
