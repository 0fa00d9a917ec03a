/**
 * The server's heartbeat: gather, commit, flush. Everything that was read in one turn of the event
 * loop is applied, then kept, and only then written: each client gets one write a turn, however many
 * lines it is sent, and nobody is shown what a crash could still take back.
 *
 * @module
 */

import { nextTick } from "node:process";
import { setImmediate } from "node:timers";
import { type Cancel, type Clock, systemClock } from "../clock.ts";
import { Outbox, type OutboxOwner, Queue } from "./outbox.ts";

/**
 * A flush longer than this many milliseconds makes the next one wait until all writes have ended, or
 * for a timer, instead of the end of the turn. A lone message then still leaves at once, and under
 * load more is gathered into each write: latency where it can be had, throughput where it is needed.
 * An outbox that is still being written is left out of a flush, and from then on holds other lines
 * than the rest, whose bytes are joined once for all of them: the more of these, the better to wait.
 */
const LONG_FLUSH_MS = 0.5;

/** What a heartbeat goes by; what is absent, the machine has. */
export interface TickParts {
  /** Counts milliseconds, for how long something takes. */
  readonly now?: () => number;
  /** Runs something later. */
  readonly after?: Clock["after"];
  /** Is told each time how many milliseconds the commit, and all of it, took. */
  readonly took?: (commitMs: number, turnMs: number) => void;
}

/** Commits, and flushes dirty outboxes, each once a turn. */
export class Tick implements OutboxOwner {
  #dirty: Outbox[] = [];
  #empty = Queue.empty();
  #scheduled = false;
  #longFlush = false;
  /** How many writes have not ended. */
  #writing = 0;
  #cancelTimer: Cancel | undefined;
  readonly #commit: () => void;
  readonly #now: () => number;
  readonly #after: Clock["after"];
  readonly #took: (commitMs: number, turnMs: number) => void;
  readonly #run = () => this.#flush();

  /** A heartbeat that runs `commit` before each flush. */
  constructor(commit: () => void = () => {}, parts: TickParts = {}) {
    const { now = () => performance.now(), after = systemClock.after, took = () => {} } = parts;
    this.#commit = commit;
    this.#now = now;
    this.#after = after;
    this.#took = took;
  }

  get empty(): Queue {
    return this.#empty;
  }

  dirty(outbox: Outbox): void {
    this.#dirty.push(outbox);
    this.schedule();
  }

  /** There is something to commit at the end of this turn. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Comes after all that promises lead to: what was read in this turn, in whichever way, is applied.
    if (!this.#longFlush) nextTick(this.#run);
    else if (this.#writing === 0) setImmediate(this.#run);
    else this.#cancelTimer = this.#after(0, this.#run);
  }

  written(): void {
    if (--this.#writing > 0 || !this.#cancelTimer) return;
    this.#cancelTimer();
    this.#cancelTimer = undefined;
    setImmediate(this.#run);
  }

  #flush(): void {
    const start = this.#now();
    this.#commit();
    const committed = this.#now();
    this.#scheduled = false;
    this.#cancelTimer = undefined;
    const outboxes = this.#dirty;
    this.#dirty = [];
    // A new beginning for the next turn, so that this turn's lines can be forgotten.
    this.#empty = Queue.empty();
    for (const outbox of outboxes) if (outbox.flush()) this.#writing++;
    const turnMs = this.#now() - start;
    this.#longFlush = turnMs > LONG_FLUSH_MS;
    this.#took(committed - start, turnMs);
  }
}
