/**
 * Puts the entries of the log in order, however they arrive, and fills the gaps between them.
 * Performs no I/O: it takes messages by method calls, and sends them by callbacks.
 *
 * @module
 */

import type { Entry } from "./messages.ts";

/** The time after which a missing entry is asked for again, in milliseconds. */
const RETRY_MS = 200;
/**
 * The number of entries that are asked for at a time. A server that was away may lack thousands.
 */
const WINDOW = 64;

/** The parts of a {@linkcode Follower}. */
export interface FollowerParts {
  /** The number of the last entry that the state already has. */
  readonly applied: number;
  /** Applies the next entry; returns false if it cannot be applied yet. */
  readonly apply: (seq: number, entry: Entry) => boolean;
  /** Asks the log for an entry. */
  readonly ask: (seq: number) => void;
}

/** The follower of a log. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #waiting = new Map<number, Entry>();
  #applied: number;
  /** The greatest number of an entry that is known to exist. */
  #head = 0;
  /** The time when each missing entry was asked for. */
  readonly #asked = new Map<number, number>();

  /** Makes a follower that waits for the entry after `applied`. */
  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#applied = parts.applied;
  }

  /** The number of the last applied entry. */
  get applied(): number {
    return this.#applied;
  }

  /** The entries that have come and wait to be applied. */
  get waiting(): ReadonlyMap<number, Entry> {
    return this.#waiting;
  }

  /** True if all entries that are known to exist have been applied. */
  get isCurrent(): boolean {
    return this.#head <= this.#applied;
  }

  /** Takes an entry that the log has committed. */
  committed(seq: number, entry: Entry, now: number): void {
    if (seq <= this.#applied) return;
    this.#waiting.set(seq, entry);
    this.#head = Math.max(this.#head, seq);
    this.continue();
    this.check(now);
  }

  /** Notes that the log has entries up to `last`. */
  heard(last: number, now: number): void {
    this.#head = Math.max(this.#head, last);
    this.check(now);
  }

  /** Applies the entries whose turn it is. */
  continue(): void {
    for (;;) {
      const seq = this.#applied + 1;
      const entry = this.#waiting.get(seq);
      if (entry === undefined || !this.#parts.apply(seq, entry)) return;
      this.#waiting.delete(seq);
      this.#asked.delete(seq);
      this.#applied = seq;
    }
  }

  /** Asks for the next entries that are missing. Called periodically. */
  check(now: number): void {
    const end = Math.min(this.#head, this.#applied + WINDOW);
    for (let seq = this.#applied + 1; seq <= end; seq++) {
      if (this.#waiting.has(seq) || now - (this.#asked.get(seq) ?? -Infinity) < RETRY_MS) continue;
      this.#asked.set(seq, now);
      this.#parts.ask(seq);
    }
  }
}
