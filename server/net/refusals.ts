/**
 * The log's lines on those who were not let in: a few at a time are told one by one, and of a flood
 * only how many there were, since whoever makes thousands of connections should not fill the disk.
 *
 * @module
 */

import type { Log } from "../log.ts";
import { TokenBucket } from "./rate.ts";

/** The reason for closing a client that did not register in time. */
export const REGISTRATION_TIMEOUT = "Registration timed out";

/** So many lines in the long run, and so many at once. */
const LINES_PER_SECOND = 0.1;
const LINE_BURST = 20;
/** How often those are summed up who have no line of their own. */
const SUM_MS = 60_000;

/** Logs refusals; see the module. */
export class Refusals {
  readonly #log: Log;
  readonly #lines: TokenBucket;
  #unlogged = 0;
  #summedAt: number;

  /** Logs to `log`; `now` is in milliseconds, as every later time given to it. */
  constructor(log: Log, now: number) {
    this.#log = log;
    this.#lines = new TokenBucket(LINES_PER_SECOND, LINE_BURST, now);
    this.#summedAt = now;
  }

  /** Somebody at `address` was not let in. */
  add(address: string, reason: string, now: number): void {
    if (this.#lines.tryTake(now)) return this.#log.warn("refused", { address, reason });
    if (this.#unlogged === 0) this.#summedAt = now;
    this.#unlogged++;
  }

  /** Sums up if it is time to. Called every now and then. */
  check(now: number): void {
    if (now - this.#summedAt >= SUM_MS) this.sum();
  }

  /** Tells how many there were since the last time, if there were any. */
  sum(): void {
    if (this.#unlogged === 0) return;
    this.#log.warn("refused more", { count: this.#unlogged });
    this.#unlogged = 0;
  }
}
