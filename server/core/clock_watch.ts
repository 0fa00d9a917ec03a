/**
 * Watches the time of day, which leaps when it is corrected or set wrong, or when the machine has
 * slept. Reports each leap, and delays the deletion of data that looks old only because of a leap
 * forward. It reads the clock, but does not set it.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import type { ClockTrial } from "../events/records.ts";
import type { Store } from "../store/store.ts";

/**
 * The smallest leap that is reported, in milliseconds. The size of a leap is the change of the time
 * of day, less the time that has passed by the monotonic clock.
 */
const LEAP_MS = 5_000;
/**
 * The time for which a leap forward is on trial, in milliseconds. Only time in which the server
 * runs counts. Until the trial is over, nothing is deleted because of the leap: the clock may be
 * wrong, and an operator can set it right.
 */
export const TRIAL_MS = 86_400_000;
/** The time after which a trial is saved again, in milliseconds. */
const KEEP_MS = 60_000;
/** The key of the record of the trial. */
const KEY = "trial";

/** Returns the trial that was not over when an earlier run saved it last. */
export function keptTrial(store: Pick<Store, "records">): ClockTrial | undefined {
  for (const [key, trial] of store.records("clock")) if (key === KEY) return trial;
  return undefined;
}

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
  /** The moment of the last leap, or of the start. */
  #leaptAt: Moment;
  /** The time for which earlier runs have tried the last leap, in milliseconds. */
  #triedMs = 0;
  /** `triedMs` of the trial when it was saved last; `undefined` if none is saved. */
  #keptMs: number | undefined;

  /**
   * Starts to watch. `latest` is the time of the latest event of an earlier run, if there was one.
   * If `latest` is more than a day ago, the clock may have leapt while the server did not run. Then
   * the time for deletions goes on from `latest`, for a day. If an earlier run ended during a
   * trial, `trial` has its progress, and the trial goes on. Then `latest` does not count, because
   * it comes from the clock that is on trial.
   */
  constructor(clock: Clock, latest: number | undefined, trial?: ClockTrial) {
    this.#clock = clock;
    this.#start = this.#leaptAt = clock.moment();
    this.#origin = this.#trusted = clock.now();
    this.#keptMs = trial?.triedMs;
    const before = trial?.deletionTime ?? latest;
    const passed = before === undefined ? 0 : clock.now() - before;
    if (passed <= TRIAL_MS) return;
    this.#trusted -= passed;
    this.#triedMs = trial?.triedMs ?? 0;
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
    if (hasLeapt) {
      this.#leaptAt = now;
      this.#triedMs = 0;
    }
    const isTried = this.#triedMs + now.since(this.#leaptAt) >= TRIAL_MS;
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

  /**
   * Saves the trial of a leap from time to time. Deletes the saved trial once the trial is over.
   */
  keep(store: Pick<Store, "keep">): void {
    const triedMs = this.#triedMs + this.#clock.moment().since(this.#leaptAt);
    const isOnTrial = this.#origin - this.#trusted >= LEAP_MS;
    const isKept = this.#keptMs !== undefined;
    const isRecent = Math.abs(triedMs - (this.#keptMs ?? 0)) < KEEP_MS;
    if (isOnTrial === isKept && (!isOnTrial || isRecent)) return;
    this.#keptMs = isOnTrial ? triedMs : undefined;
    const trial = isOnTrial ? { deletionTime: this.deletionTime, triedMs } : undefined;
    store.keep("clock", KEY, trial);
  }

  get #passed(): number {
    return this.#clock.moment().allSince(this.#start);
  }
}
