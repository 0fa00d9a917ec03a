/**
 * Knows when all that has come is read, and keeps the deadlines of clients by it: none of them ends a client
 * whose bytes wait to be read. Does not know what they mean.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Cancel, Clock } from "../../shared/clock.ts";
import type { Socket } from "../../shared/socket.ts";

/**
 * The number of reads and writes that end in a turn of the event loop from which on others may have been left
 * for the next turn. The runtime ends at most 128 in a turn, and not the oldest ones first: those that wait for
 * long can wait on while others come. A few of them are not counted.
 */
const FULL_TURN = 112;
/**
 * The number of waits for a timer in a row without a full turn, after which nothing is left. In each of them
 * the runtime looks at all sockets, but it may end nothing at all.
 */
const CALM_WAITS = 16;
/** The longest time to wait until all is read, in milliseconds: a server that is busy for ever goes on. */
const LONGEST_MS = 60_000;
/** The time to read what had come from which on the server is behind, in milliseconds. */
const BEHIND_MS = 500;

/** The parts of an {@linkcode Inflow}. */
export interface InflowParts {
  /** The clock. */
  readonly clock: Pick<Clock, "after">;
  /** Returns a time in milliseconds, for measuring how long it takes to read; by default the machine's. */
  readonly now?: (() => number) | undefined;
}

/** A deadline of a client. */
export interface Deadline {
  /** Runs once the deadline has passed. */
  readonly act: () => void;
  /**
   * Returns true if the client has sent something. If the server was behind, such a client has more time, as
   * it may have waited for the server; by default, none has.
   */
  readonly isActive?: () => boolean;
}

/** All that comes from the clients of one server. */
export class Inflow {
  readonly #clock: InflowParts["clock"];
  readonly #now: () => number;
  /** The number of reads and writes that have ended in this turn, while somebody waits. */
  #ended = 0;
  /** True if there was a full turn since the last wait for a timer. */
  #wasFull = false;
  #waiting: (() => void)[] = [];
  #isLooking = false;

  /** Starts to count. */
  constructor({ clock, now = () => performance.now() }: InflowParts) {
    this.#clock = clock;
    this.#now = now;
  }

  /** Counts a read or a write that has ended, and that did not end at once. */
  count(): void {
    if (!this.#isLooking) return;
    if (this.#ended === 0) setImmediate(this.#endTurn);
    if (++this.#ended >= FULL_TURN) this.#wasFull = true;
  }

  readonly #endTurn = (): void => {
    this.#ended = 0;
  };

  /** Returns `socket`, of which each read and write is counted. */
  counted(socket: Socket): Socket {
    const count = () => this.count();
    const counting = <T>(work: Promise<T>): Promise<T> => work.finally(count);
    return {
      read: (into) => counting(socket.read(into)),
      write: (bytes) => counting(socket.write(bytes)),
      closeWrite: () => socket.closeWrite(),
      close: () => socket.close(),
    };
  }

  /**
   * Resolves once all that had come is read, the ends of connections included: to the time in milliseconds by
   * which the server was behind, or to 0 if that is too short to matter. A timer alone would count the time in
   * which the server had not read.
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

  /** Sets a deadline in `ms` milliseconds, which passes once all that had come by then is read. */
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
    for (let calm = 0; calm < CALM_WAITS && performance.now() < end;) {
      this.#wasFull = false;
      await shortly();
      calm = this.#wasFull ? 0 : calm + 1;
    }
  }
}

/** Resolves after the runtime has looked at all sockets, which it does when it waits for a timer. */
function shortly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
