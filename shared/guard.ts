/**
 * Runs work whose errors must neither end the process nor stop other work. All work of the server
 * starts in a guard: timers, listeners, commands of clients, and each step of a loop over clients.
 * Does not know what the work does.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { faultFields, type Fields, type Log } from "./log.ts";
import { TokenBucket } from "./rate.ts";

/**
 * The number of faults that are logged per second in the long run. There must be a limit, because a
 * timer may fail each time it fires.
 */
const FAULTS_PER_SECOND = 1;
/** The number of faults that are logged at once. */
const FAULT_BURST = 20;

/** The parts of a guard. */
export interface GuardParts {
  /** The clock. */
  readonly clock: Clock;
  /** The log of faults. */
  readonly log: Log;
  /** Counts a fault. */
  readonly onFault?: () => void;
}

/** A guard: it catches errors of the program itself, logs them with their stacks, and goes on. */
export class Guard {
  /** A clock whose timers are guarded. */
  readonly clock: Clock;
  readonly #parts: GuardParts;
  readonly #lines: TokenBucket;
  #unlogged = 0;

  /** Makes a guard that logs to the log of `parts`. */
  constructor(parts: GuardParts) {
    const { clock } = parts;
    this.#parts = parts;
    this.#lines = new TokenBucket(FAULTS_PER_SECOND, FAULT_BURST, clock.moment());
    this.clock = {
      now: () => clock.now(),
      moment: () => clock.moment(),
      after: (ms, action) => clock.after(ms, () => this.run("a timer failed", {}, action)),
      every: (ms, action) => clock.every(ms, () => this.run("a timer failed", {}, action)),
    };
  }

  /**
   * Runs `action`; logs an error that it throws, as `message` with `fields`. Returns true if it
   * threw none.
   */
  run(message: string, fields: Fields, action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.report(message, fields, error);
      return false;
    }
  }

  /**
   * Logs `error`, which was caught elsewhere. If too many were logged in the last seconds, only
   * counts it.
   */
  report(message: string, fields: Fields, error: unknown): void {
    const { clock, log, onFault } = this.#parts;
    onFault?.();
    if (!this.#lines.tryTake(clock.moment())) {
      this.#unlogged++;
      return;
    }
    const more = this.#unlogged === 0 ? {} : { unlogged: this.#unlogged };
    this.#unlogged = 0;
    log.error(message, { ...fields, ...more, ...faultFields(error) });
  }
}
