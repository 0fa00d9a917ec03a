/**
 * Divides the work of the server into turns: gather, commit, flush. All input of one turn of the event
 * loop is applied, then stored, and only then shown. Each client gets one write a turn, however many
 * lines it is sent, and no client sees an event that a crash could still undo.
 *
 * @module
 */

import { nextTick } from "node:process";
import { setImmediate } from "node:timers";
import { type Cancel, type Clock, systemClock } from "../../shared/clock.ts";
import { Outbox, type OutboxOwner, Queue } from "./outbox.ts";

/**
 * The duration of a commit and flush, in milliseconds, above which the next flush does not come at
 * the end of the turn, but when all writes have ended or a timer fires. A single message is still
 * sent at once; under load, each write gathers more lines. A flush skips outboxes with a write in
 * flight. Their queues then differ from the other queues, so their lines must be joined into bytes
 * separately. Waiting avoids that.
 */
const LONG_FLUSH_MS = 0.5;
/**
 * The timer fires when this many times the duration of the last flush have passed since its end: while
 * writes are in flight, flushes of up to 5 ms then take at most a fifth of the time.
 */
const PAUSE_PER_FLUSH = 4;
/** The longest time from the end of a flush to the timer, in milliseconds. */
const LONGEST_PAUSE_MS = 20;

/** The parts of a {@linkcode Tick}. By default, the clock of the machine. */
export interface TickParts {
  /** Returns a time in milliseconds, for measuring durations. */
  readonly now?: () => number;
  /** Runs a function later. */
  readonly after?: Clock["after"];
  /** Takes the durations of each commit and of its whole turn, in milliseconds. */
  readonly onTurn?: (commitMs: number, turnMs: number) => void;
  /** Notes that a write has ended, and not at once. */
  readonly onLateWrite?: () => void;
}

/** The loop that commits and flushes dirty outboxes, once a turn. */
export class Tick implements OutboxOwner {
  #dirty: Outbox[] = [];
  #empty = Queue.empty();
  #scheduled = false;
  #longFlush = false;
  /** The time before which the timer does not fire. */
  #pausedUntil = 0;
  /** The number of writes that have not ended. */
  #writing = 0;
  /** True until the writes of the last flush that ended at once have ended. */
  #isAtOnce = false;
  #cancelTimer: Cancel | undefined;
  readonly #commit: () => void;
  readonly #now: () => number;
  readonly #after: Clock["after"];
  readonly #took: (commitMs: number, turnMs: number) => void;
  readonly #onLateWrite: () => void;
  readonly #run = () => this.#flush();

  /** Runs `commit` before each flush. */
  constructor(commit: () => void = () => {}, parts: TickParts = {}) {
    const { now = () => performance.now(), after = systemClock.after, onTurn: took = () => {} } =
      parts;
    this.#commit = commit;
    this.#now = now;
    this.#after = after;
    this.#took = took;
    this.#onLateWrite = parts.onLateWrite ?? (() => {});
  }

  get empty(): Queue {
    return this.#empty;
  }

  dirty(outbox: Outbox): void {
    this.#dirty.push(outbox);
    this.schedule();
  }

  /** Schedules a commit and a flush for the end of this turn. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Reads end in promise callbacks. `nextTick`, called in one of them, runs after all others of the turn,
    // so all input of the turn is applied by then.
    if (!this.#longFlush) nextTick(this.#run);
    else if (this.#writing === 0) setImmediate(this.#run);
    else this.#cancelTimer = this.#after(this.#pauseMs(), this.#run);
  }

  /** Returns the time until the timer, in whole milliseconds. */
  #pauseMs(): number {
    return Math.max(0, Math.ceil(this.#pausedUntil - this.#now()));
  }

  written(): void {
    if (!this.#isAtOnce) this.#onLateWrite();
    if (--this.#writing > 0 || !this.#cancelTimer) return;
    this.#cancelTimer();
    this.#cancelTimer = undefined;
    setImmediate(this.#run);
  }

  /** Cancels the flush that waits, after the last client has left. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #flush(): void {
    const start = this.#now();
    this.#commit();
    const committed = this.#now();
    this.#scheduled = false;
    this.#cancelTimer = undefined;
    const outboxes = this.#dirty;
    this.#dirty = [];
    // The next turn starts with a new queue, so that the lines of this turn can be freed.
    this.#empty = Queue.empty();
    for (const outbox of outboxes) if (outbox.flush()) this.#writing++;
    this.#isAtOnce = true;
    nextTick(() => this.#isAtOnce = false);
    const end = this.#now();
    const turnMs = end - start;
    this.#longFlush = turnMs > LONG_FLUSH_MS;
    this.#pausedUntil = end + Math.min(LONGEST_PAUSE_MS, turnMs * PAUSE_PER_FLUSH);
    this.#took(committed - start, turnMs);
  }
}
