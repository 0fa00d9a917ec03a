/**
 * Measures the lag: the time from a line of the client to the server's answer. Performs no I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Moment } from "../../shared/clock.ts";

/**
 * The largest number of measured lines without an answer; while it is reached, no further line is
 * measured.
 */
const MAX_LINES = 100;

/** The time between two measured lines while one of them waits for its answer, in milliseconds. */
const INTERVAL = 100;

/** The lag of one connection. */
export class Lag {
  readonly #now: () => Moment;
  /** The times of the measured lines without an answer, in the order in which they were sent. */
  readonly #sent = new Map<string, Moment>();
  #sentAt: Moment | undefined;
  #last = 0;

  /** Creates the lag of a new connection; `now` returns the present moment. */
  constructor(now: () => Moment) {
    this.#now = now;
  }

  /** Notes that `message` is sent; only a PING and a line with a label are measured. */
  sent({ command, params, tags }: Message): void {
    const key = tags?.get("label") ?? (command === "PING" ? params.at(-1) : undefined);
    if (key === undefined || this.#sent.size >= MAX_LINES) return;
    const now = this.#now();
    const isSoon = this.#sentAt !== undefined && now.since(this.#sentAt) < INTERVAL;
    if (this.#sent.size > 0 && isSoon) return;
    this.#sentAt = now;
    this.#sent.set(key, now);
  }

  /** Takes a message of the server, which may be an answer. */
  received({ command, params, tags }: Message): void {
    if (this.#sent.size === 0) return;
    const key = tags?.get("label") ?? (command === "PONG" ? params.at(-1) : undefined);
    const at = this.#sent.get(key ?? "");
    if (at === undefined) return;
    this.#last = this.#now().since(at);
    // A server answers in order, so lines that were sent earlier will not be answered any more.
    for (const earlier of this.#sent.keys()) {
      this.#sent.delete(earlier);
      if (earlier === key) return;
    }
  }

  /**
   * The time that the last answer took or, if longer, that the oldest line has waited; in
   * milliseconds.
   */
  get ms(): number {
    const now = this.#now();
    const [oldest = now] = this.#sent.values();
    return Math.max(this.#last, now.since(oldest));
  }
}
