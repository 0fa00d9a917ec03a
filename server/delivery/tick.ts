/**
 * Ends each turn of the event loop with a commit and a flush: all input of a turn is applied, then
 * stored, and only then are lines sent. So no client sees an event that a crash could still undo,
 * and each client gets one write a turn, however many lines it is sent. A flush of many outboxes
 * takes several turns. Between them, input is read; outboxes with replies to a client's own
 * commands are written first.
 *
 * @module
 */

import { nextTick } from "node:process";
import { setImmediate } from "node:timers";
import { type Cancel, type Clock, systemClock } from "../../shared/clock.ts";
import { afterInput } from "../../shared/turns.ts";
import { Outbox, type OutboxOwner, Queue } from "./outbox.ts";

/**
 * If a commit and flush together take longer than this time, in milliseconds, the next flush is
 * delayed until all writes have ended or a timer fires. So under load, each write gathers more
 * lines; a single message is still sent at once. Without the delay, a flush would skip the outboxes
 * that still have a write in flight. Their queues would then differ from the others, and their
 * lines would have to be joined into bytes separately.
 */
const LONG_FLUSH_MS = 0.5;
/**
 * After a flush that takes at most this time, in milliseconds, the timer fires in the next turn.
 */
const SHORT_FLUSH_MS = 5;
/**
 * After a longer flush, the timer waits this many times the time by which the flush exceeded
 * {@linkcode SHORT_FLUSH_MS}. So large flushes take only a part of the server's time.
 */
const PAUSE_PER_FLUSH = 4;
/** The longest time from the end of a flush until the timer fires, in milliseconds. */
const LONGEST_PAUSE_MS = 20;
/**
 * The largest number of writes that a flush starts in one turn of the event loop. The runtime
 * completes at most 128 reads and writes in a turn. More writes would wait, take longer, and delay
 * all later reads.
 */
const WRITES_A_TURN = 112;
/** The number of writes after which a flush reads the clock. */
const WRITES_A_LOOK = 8;
/** The time of writing, in milliseconds, after which a flush pauses until input has been read. */
const WRITING_MS = 4;

/**
 * The parts of a {@linkcode Tick} that can be replaced; by default, it uses the machine's clock and
 * timers, and reports nothing.
 */
export interface TickParts {
  /** Returns a time in milliseconds, for measuring durations. */
  readonly now?: () => number;
  /** Runs a function later. */
  readonly after?: Clock["after"];
  /** Runs a function in one of the next turns, after input has been read. */
  readonly afterInput?: (action: () => void) => Cancel;
  /**
   * Takes two durations of each turn, in milliseconds: that of its commit, and that of its commit
   * and writes together.
   */
  readonly onTurn?: (commitMs: number, turnMs: number) => void;
  /** Called at the end of a write that the operating system did not take at once. */
  readonly onLateWrite?: () => void;
}

/** The loop that commits and flushes dirty outboxes, once a turn. */
export class Tick implements OutboxOwner {
  #dirty: Outbox[] = [];
  /** The outboxes with replies to their clients' own commands. */
  #urgent: Outbox[] = [];
  /** The outboxes of the current flush. The first `#flushed` of them have been written. */
  #flushing: readonly Outbox[] = [];
  #flushed = 0;
  /** The duration of the current flush so far, in milliseconds. */
  #flushMs = 0;
  /** True while a turn is scheduled that continues the flush. */
  #continues = false;
  /** The time of commits and writes since input was last read, in milliseconds. */
  #unreadMs = 0;
  #empty = Queue.empty();
  #scheduled = false;
  #longFlush = false;
  /** The time until which the timer waits, as `#now` measures it. */
  #pausedUntil = 0;
  /** The number of writes that have not ended. */
  #writing = 0;
  /**
   * True right after a turn's writing. A write that ends then was taken by the operating system at
   * once; any other is a late one.
   */
  #isAtOnce = false;
  #cancelTimer: Cancel | undefined;
  #cancelTurn: Cancel | undefined;
  readonly #commit: () => void;
  readonly #now: () => number;
  readonly #after: Clock["after"];
  readonly #afterInput: (action: () => void) => Cancel;
  readonly #took: (commitMs: number, turnMs: number) => void;
  readonly #onLateWrite: () => void;
  readonly #run = () => this.#flush();
  readonly #runTurn = () => this.#turn();
  readonly #runUrgent = () => {
    if (this.#urgent.length > 0 && !this.#continues) this.#turn();
  };

  /** Creates a loop that runs `commit` before each flush. */
  constructor(commit: () => void = () => {}, parts: TickParts = {}) {
    const { now = () => performance.now(), after = systemClock.after, onTurn: took = () => {} } =
      parts;
    this.#commit = commit;
    this.#now = now;
    this.#after = after;
    this.#afterInput = parts.afterInput ?? afterInput;
    this.#took = took;
    this.#onLateWrite = parts.onLateWrite ?? (() => {});
  }

  get empty(): Queue {
    return this.#empty;
  }

  dirty(outbox: Outbox, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#dirty).push(outbox);
    if (!isUrgent || !this.#longFlush) return this.schedule();
    // Replies to a client's own commands are not delayed.
    if (this.#urgent.length === 1) nextTick(this.#runUrgent);
  }

  /** Schedules a commit and a flush for the end of this turn. */
  schedule(): void {
    if (this.#scheduled || this.#continues) return;
    this.#scheduled = true;
    // Reads end in promise callbacks. `nextTick`, called in one of them, runs after all others of
    // the turn, so all input of the turn is applied by then.
    if (!this.#longFlush) nextTick(this.#run);
    else if (this.#writing === 0) this.#soon(this.#run);
    else this.#cancelTimer = this.#after(this.#pauseMs(), this.#run);
  }

  /** Returns the time for which the timer must wait, in whole milliseconds. */
  #pauseMs(): number {
    return Math.max(0, Math.ceil(this.#pausedUntil - this.#now()));
  }

  written(): void {
    if (!this.#isAtOnce) this.#onLateWrite();
    if (--this.#writing > 0 || !this.#cancelTimer) return;
    this.#cancelTimer();
    this.#cancelTimer = undefined;
    this.#soon(this.#run);
  }

  /** Cancels a delayed flush, if there is one. Called after the last client has left. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#cancelTurn?.();
  }

  #flush(): void {
    this.#scheduled = false;
    this.#cancelTimer = undefined;
    this.#flushing = [...this.#flushing.slice(this.#flushed), ...this.#dirty];
    this.#flushed = 0;
    this.#dirty = [];
    // Outboxes start from a new empty queue, so that nothing refers to the lines of this flush, and
    // they can be freed.
    this.#empty = Queue.empty();
    if (!this.#continues) this.#turn();
  }

  /** Commits, and writes as many outboxes as a turn can, those with replies first. */
  #turn(): void {
    this.#continues = false;
    const start = this.#now();
    this.#commit();
    const committed = this.#now();
    const isDone = this.#write(committed + WRITING_MS);
    this.#isAtOnce = true;
    nextTick(() => this.#isAtOnce = false);
    const end = this.#now();
    this.#took(committed - start, end - start);
    this.#flushMs += end - start;
    this.#unreadMs += end - start;
    if (isDone) this.#end(end);
    else {
      this.#continues = true;
      this.#soon(this.#runTurn);
    }
  }

  /** Writes outboxes until the time `end`; returns true if all are written. */
  #write(end: number): boolean {
    for (let writes = 0; writes < WRITES_A_TURN;) {
      const outbox = this.#urgent.shift() ?? this.#flushing[this.#flushed++];
      if (outbox === undefined) return true;
      if (!outbox.flush()) continue;
      this.#writing++;
      if (++writes % WRITES_A_LOOK === 0 && this.#now() > end) return false;
    }
    return false;
  }

  /**
   * Runs `action` in the next turn. If commits and writes have taken long since input was last
   * read, runs it after the input of that turn.
   */
  #soon(action: () => void): void {
    if (this.#unreadMs < WRITING_MS) {
      setImmediate(action);
      return;
    }
    this.#unreadMs = 0;
    this.#cancelTurn = this.#afterInput(action);
  }

  /** Ends a flush at the time `end`. */
  #end(end: number): void {
    if (this.#flushing.length > 0) {
      this.#longFlush = this.#flushMs > LONG_FLUSH_MS;
      const pauseMs = (this.#flushMs - SHORT_FLUSH_MS) * PAUSE_PER_FLUSH;
      this.#pausedUntil = end + Math.min(LONGEST_PAUSE_MS, pauseMs);
    }
    this.#flushing = [];
    this.#flushed = 0;
    this.#flushMs = 0;
    // Further lines come from input, which is read before they are written.
    this.#unreadMs = 0;
    if (this.#dirty.length > 0) this.schedule();
  }
}
