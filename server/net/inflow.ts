/**
 * Determines when all input of the connections has been read. The deadlines of clients pass only
 * then, so no deadline ends a client whose bytes wait to be read. Does not know the meaning of the
 * input.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Cancel, Clock } from "../../shared/clock.ts";
import type { Socket } from "../../shared/socket.ts";

/**
 * A turn of the event loop with at least this many reads and writes counts as full: it may have
 * left other reads and writes for later turns. The runtime completes at most 128 in a turn, and not
 * the oldest first, so some may wait long while new ones arrive. The number is below 128, because a
 * few are not counted.
 */
const FULL_TURN = 112;
/**
 * After this many consecutive waits for a timer, without a full turn, all input counts as read. The
 * runtime looks at all sockets in each wait, but may complete no read in it.
 */
const CALM_WAITS = 16;
/**
 * A wait for a timer counts as late if the timer is late by more than this time, in milliseconds.
 */
const LATE_MS = 0.5;
/** The number of late waits in a row that count as one wait. */
const LATE_WAITS = 3;
/**
 * The longest wait until all input is read, in milliseconds. After it, a server that is always busy
 * lets deadlines pass although input may be left.
 */
const LONGEST_MS = 60_000;
/** The time for reading the input, in milliseconds, above which the server is behind. */
const BEHIND_MS = 500;

/** The parts of an {@linkcode Inflow}. */
export interface InflowParts {
  /** The clock. */
  readonly clock: Pick<Clock, "after">;
  /** Returns a time in milliseconds, for measuring durations; by default the machine's. */
  readonly now?: (() => number) | undefined;
}

/** A deadline of a client. */
export interface Deadline {
  /** Runs once the deadline has passed. */
  readonly act: () => void;
  /**
   * Returns true if the client has sent something. If the server was behind, such a client gets
   * more time, because it may have waited for the server. By default, the client gets no more time.
   */
  readonly isActive?: () => boolean;
}

/** The input from the clients of one server. */
export class Inflow {
  readonly #clock: InflowParts["clock"];
  readonly #now: () => number;
  /**
   * The number of reads and writes that have ended in this turn; counted only while {@linkcode
   * caughtUp} waits.
   */
  #ended = 0;
  /** True if there was a full turn since the last wait for a timer. */
  #wasFull = false;
  #waiting: (() => void)[] = [];
  #isLooking = false;
  /** The end of the current wait for a timer, and the timer; absent while there is none. */
  #wait: { readonly end: () => void; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  #isClosed = false;

  /** Starts to count. */
  constructor({ clock, now = () => performance.now() }: InflowParts) {
    this.#clock = clock;
    this.#now = now;
  }

  /**
   * Counts a read or a write that has ended. Does nothing while no call of {@linkcode caughtUp}
   * waits.
   */
  count(): void {
    if (!this.#isLooking) return;
    if (this.#ended === 0) setImmediate(this.#endTurn);
    if (++this.#ended >= FULL_TURN) this.#wasFull = true;
  }

  readonly #endTurn = (): void => {
    this.#ended = 0;
  };

  /** Returns `socket`, with each of its reads and writes counted. */
  counted(socket: Socket): Socket {
    const count = () => this.count();
    const counting = <T>(work: Promise<T>): Promise<T> => {
      // Counts beside the promise. A promise derived from it would cost more for each read and
      // write.
      work.then(count, count);
      return work;
    };
    return {
      read: (into) => counting(socket.read(into)),
      // Writes end soon, so a write that begins while nobody calls `caughtUp` needs no count.
      write: (bytes) => this.#isLooking ? counting(socket.write(bytes)) : socket.write(bytes),
      closeWrite: () => socket.closeWrite(),
      close: () => socket.close(),
      readAhead: (isWanted) => socket.readAhead?.(isWanted),
    };
  }

  /**
   * Resolves when all input that came before this call is read, including the ends of connections.
   * Resolves to the time in milliseconds by which the server was behind, or to 0 if it was not.
   * Deadlines wait for this, because a timer alone would also count the time in which the server
   * did not read.
   */
  async caughtUp(): Promise<number> {
    const start = this.#now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (!this.#isLooking) this.#look();
    await promise;
    const behindMs = this.#now() - start;
    return behindMs < BEHIND_MS ? 0 : behindMs;
  }

  /** Ends all waits, after the last client has left. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#wait?.timer);
    this.#wait?.end();
  }

  /**
   * Sets a deadline after `ms` milliseconds. The deadline passes when all input that came before
   * that time is read.
   */
  deadline(ms: number, { act, isActive = () => false }: Deadline): Cancel {
    let isCanceled = false;
    const pass = async () => {
      const behindMs = await this.caughtUp();
      if (isCanceled) return;
      if (behindMs > 0 && isActive()) cancel = this.#clock.after(behindMs, pass);
      else act();
    };
    let cancel = this.#clock.after(ms, pass);
    return () => {
      isCanceled = true;
      cancel();
    };
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      await this.#calm();
      for (const resolve of waiting) resolve();
    }
    this.#isLooking = false;
  }

  async #calm(): Promise<void> {
    const end = performance.now() + LONGEST_MS;
    let late = 0;
    for (let calm = 0; calm < CALM_WAITS && performance.now() < end;) {
      if (this.#isClosed) return;
      this.#wasFull = false;
      const due = performance.now() + 1;
      await this.#shortly();
      // If other work took longer than the timer, the runtime may not have waited for the timer.
      const isLate = performance.now() - due > LATE_MS;
      late = isLate ? late + 1 : 0;
      if (this.#wasFull) calm = 0;
      else if (late % LATE_WAITS === 0) calm++;
    }
  }

  /**
   * Resolves after the runtime has looked at all sockets, which it does while it waits for a timer.
   */
  #shortly(): Promise<void> {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    this.#wait = { end, timer: setTimeout(end, 1) };
    return promise;
  }
}
