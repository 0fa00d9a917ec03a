/**
 * Appends one entry at a time to the log. An append without an answer may have been stored all the
 * same, so it is sent again under the same id until the log answers. Performs no I/O.
 *
 * @module
 */

import type { Entry, Reply, Request } from "./messages.ts";

/** The time after which an append is sent again, in milliseconds. */
const RETRY_MS = 500;

/** The parts of an {@linkcode Appender}. */
export interface AppenderParts {
  /** A text from which ids are made. No other process has it. */
  readonly name: string;
  /** Sends a request to the log. */
  readonly send: (request: Request) => void;
  /** Takes an entry that the log has stored. */
  readonly stored: (seq: number, entry: Entry) => void;
  /**
   * Called if the log has refused the entry: the log's last entry has the number `last`, which is
   * not the expected one.
   */
  readonly refused: (last: number) => void;
}

/** The appends of one process. */
export class Appender {
  readonly #parts: AppenderParts;
  #inFlight: Extract<Request, { type: "append" }> | undefined;
  #begunAt = 0;
  #sentAt = 0;
  #count = 0;

  /** Makes an appender with nothing to append. */
  constructor(parts: AppenderParts) {
    this.#parts = parts;
  }

  /** True while an append is not answered. */
  get isBusy(): boolean {
    return this.#inFlight !== undefined;
  }

  /** Returns the time for which the append has had no answer, in milliseconds; 0 if none waits. */
  waitsMs(now: number): number {
    return this.#inFlight === undefined ? 0 : now - this.#begunAt;
  }

  /** Appends `entry` after the entry with the number `last`. No other append may be waiting. */
  append(entry: Entry, last: number, now: number): void {
    const id = `${this.#parts.name}:${this.#count++}`;
    this.#inFlight = { type: "append", id, expected: last, entry };
    this.#begunAt = now;
    this.#send(now);
  }

  /** Takes a reply of the log. */
  replied(reply: Extract<Reply, { type: "stored" | "refused" }>): void {
    const inFlight = this.#inFlight;
    if (reply.id !== inFlight?.id) return;
    this.#inFlight = undefined;
    if (reply.type === "stored") this.#parts.stored(reply.seq, inFlight.entry);
    else this.#parts.refused(reply.last);
  }

  /** Sends the append again if it was not answered in time. Called periodically. */
  check(now: number): void {
    const inFlight = this.#inFlight;
    if (inFlight === undefined || now - this.#sentAt < RETRY_MS) return;
    this.#send(now);
  }

  #send(now: number): void {
    if (this.#inFlight === undefined) return;
    this.#sentAt = now;
    this.#parts.send(this.#inFlight);
  }
}
