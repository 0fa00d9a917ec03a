/**
 * The server's heartbeat: gather, commit, flush. Everything that was read in one turn of the event
 * loop is applied, then kept, and only then written: each client gets one write a turn, however many
 * lines it is sent, and nobody is shown what a crash could still take back.
 *
 * @module
 */

import { nextTick } from "node:process";
import { Outbox, type OutboxOwner, Queue } from "./outbox.ts";

/**
 * A flush longer than this many milliseconds makes the next one wait for a timer instead of the end
 * of the turn. A lone message then still leaves at once, and under load more is gathered into each
 * write: latency where it can be had, throughput where it is needed.
 */
const LONG_FLUSH_MS = 0.5;

/** Commits, and flushes dirty outboxes, each once a turn. */
export class Tick implements OutboxOwner {
  #dirty: Outbox[] = [];
  #empty = Queue.empty();
  #scheduled = false;
  #longFlush = false;
  readonly #commit: () => void;
  readonly #now: () => number;
  readonly #took: (commitMs: number, turnMs: number) => void;
  readonly #run = () => this.#flush();

  /**
   * A heartbeat that runs `commit` before each flush; `now` counts milliseconds, and `took` is told
   * how many of them the commit, and all of it, took each time.
   */
  constructor(
    commit: () => void = () => {},
    now: () => number = () => performance.now(),
    took: (commitMs: number, turnMs: number) => void = () => {},
  ) {
    this.#commit = commit;
    this.#now = now;
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
    if (this.#longFlush) setTimeout(this.#run, 0);
    // Comes after all that promises lead to: what was read in this turn, in whichever way, is applied.
    else nextTick(this.#run);
  }

  #flush(): void {
    const start = this.#now();
    this.#commit();
    const committed = this.#now();
    this.#scheduled = false;
    const outboxes = this.#dirty;
    this.#dirty = [];
    // A new beginning for the next turn, so that this turn's lines can be forgotten.
    this.#empty = Queue.empty();
    for (const outbox of outboxes) outbox.flush();
    const turnMs = this.#now() - start;
    this.#longFlush = turnMs > LONG_FLUSH_MS;
    this.#took(committed - start, turnMs);
  }
}
