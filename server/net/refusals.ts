/**
 * Logs refused connections. While refusals are few, they are logged one by one. Of a flood, only
 * the count is logged: a client that makes thousands of connections must not fill the disk.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { TokenBucket } from "../../shared/rate.ts";

/** The number of lines that can be logged in each second on average. */
const LINES_PER_SECOND = 0.1;
/** The number of lines that can be logged at once. */
const LINE_BURST = 20;
/** The interval at which the count of the other refusals is logged, in milliseconds. */
const SUM_MS = 60_000;

/** The largest number of refusals that wait to be passed on. */
const WAITING = 20;

/** A refused connection. */
export interface Refusal {
  /** The address of the client. */
  readonly address: string;
  /** The reason. */
  readonly reason: string;
}

/** Logs refusals. */
export class Refusals {
  readonly #log: Log;
  readonly #lines: TokenBucket;
  #unlogged = 0;
  #waiting: Refusal[] = [];
  #summedAt: Moment;

  /** Logs to `log`. */
  constructor(log: Log, now: Moment) {
    this.#log = log;
    this.#lines = new TokenBucket(LINES_PER_SECOND, LINE_BURST, now);
    this.#summedAt = now;
  }

  /** Logs or counts the refusal of a connection from `address`. */
  add(address: string, reason: string, now: Moment): void {
    if (this.#waiting.length < WAITING) this.#waiting.push({ address, reason });
    if (this.#lines.tryTake(now)) return this.#log.warn("refused", { address, reason });
    if (this.#unlogged === 0) this.#summedAt = now;
    this.#unlogged++;
  }

  /**
   * Returns the first refusals since the last call: a server of a cluster passes them on to the
   * leader, which tells the operators.
   */
  takeWaiting(): readonly Refusal[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  /** Logs the count if it is due. Called periodically. */
  check(now: Moment): void {
    if (now.since(this.#summedAt) >= SUM_MS) this.logCount();
  }

  /**
   * Logs the number of refusals that have no line of their own. If there are none, logs nothing.
   */
  logCount(): void {
    if (this.#unlogged === 0) return;
    this.#log.warn("refused more", { count: this.#unlogged });
    this.#unlogged = 0;
  }
}
