/**
 * Watches the time of day, which leaps when it is corrected or set wrong, or when the machine has
 * slept. Reports each leap, and delays the deletion of data that looks old only because of a leap
 * forward. It reads the clock, but does not set it.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";

/**
 * The smallest leap that is reported, in milliseconds. The size of a leap is the change of the time
 * of day, less the time that has passed by the monotonic clock.
 */
const LEAP_MS = 5_000;
/**
 * The time for which a leap forward is on trial, in milliseconds; time in which the server does not
 * run does not count. Until the trial is over, nothing is deleted because of the leap: the clock
 * may be wrong, and an operator can set it right.
 */
export const TRIAL_MS = 86_400_000;

/** The watch over one clock. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #start: Moment;
  /**
   * The time of day at the start of the watch, calculated backwards from the clock at the last
   * check. It changes when the clock leaps.
   */
  #origin: number;
  /**
   * Like `#origin`, but for the time by which data is deleted: it follows a leap forward a day
   * later.
   */
  #trusted: number;
  /** The moment of the last leap. */
  #leaptAt: Moment;

  /**
   * Starts to watch. `latest` is the time of the latest event of an earlier run, if there was one.
   * If `latest` is more than a day ago, the clock may have leapt while the server did not run. Then
   * the time for deletions goes on from `latest`, for a day.
   */
  constructor(clock: Clock, latest: number | undefined) {
    this.#clock = clock;
    this.#start = this.#leaptAt = clock.moment();
    this.#origin = this.#trusted = clock.now();
    const passed = latest === undefined ? 0 : clock.now() - latest;
    if (passed > TRIAL_MS) this.#trusted -= passed;
  }

  /**
   * Returns the size of a leap since the last call, in milliseconds, or `undefined` if there was
   * none. A leap backwards is negative. Called several times a second.
   */
  check(): number | undefined {
    const origin = this.#clock.now() - this.#passed;
    const leap = origin - this.#origin;
    this.#origin = origin;
    const hasLeapt = Math.abs(leap) >= LEAP_MS;
    const now = this.#clock.moment();
    if (hasLeapt) this.#leaptAt = now;
    const isTried = now.since(this.#leaptAt) >= TRIAL_MS;
    if (isTried || origin - this.#trusted < LEAP_MS) this.#trusted = origin;
    return hasLeapt ? leap : undefined;
  }

  /**
   * The time that decides whether data is old enough to be deleted. This is the time of day, except
   * that it follows a leap forward only a day later.
   */
  get deletionTime(): number {
    return Math.min(this.#clock.now(), this.#trusted + this.#passed);
  }

  get #passed(): number {
    return this.#clock.moment().allSince(this.#start);
  }
}
