/**
 * Tells the silence of other processes from times in which this process could not hear them: it had
 * no connection, or stood still. Performs no I/O.
 *
 * @module
 */

/** If more than this time, in milliseconds, passes between two checks, the process stood still. */
const STILL_MS = 1000;
/** The time that other processes need to be heard again, in milliseconds. */
const RECOVERY_MS = 2000;

/** The times in which a process could not hear others. */
export class Hearing {
  #checkedAt: number;
  #deafAt = -Infinity;

  /** Begins at the time `now`. */
  constructor(now: number) {
    this.#checkedAt = now;
  }

  /** Returns true if others could not be heard since the last check. Called periodically. */
  failed(now: number, isConnected: boolean): boolean {
    const stoodStill = now - this.#checkedAt > STILL_MS;
    this.#checkedAt = now;
    const hasFailed = stoodStill || !isConnected;
    if (hasFailed) this.#deafAt = now;
    return hasFailed;
  }

  /** Returns true if others may need more time to be heard again. */
  recovers(now: number): boolean {
    return now - this.#deafAt < RECOVERY_MS;
  }
}
