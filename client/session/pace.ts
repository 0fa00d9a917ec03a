/**
 * Learns how fast a server takes the user's messages, from the time until it answers and from the
 * messages that it drops. It remembers this on later connections: a server that closed a connection
 * for flooding would close the next one, too. Performs no I/O.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";

/** The limit of unanswered lines: `least` at first and at slow servers, `most` at fast ones. */
const WINDOW = { least: 4, most: 16 } as const;

/**
 * The time by which a slow answer takes longer than the quickest one, in milliseconds. A server that
 * answers slowly holds lines back, so fewer lines may be unanswered.
 */
const SLOW = 1000;

/**
 * The pace at a server that does not tell the outcome of each line: the number of lines that may be
 * sent without a pause, and the pause between later lines, in milliseconds. Some servers drop a
 * message if a room gets more than ten within one or two seconds.
 */
const CAREFUL = { burst: 4, pause: 334 } as const;

/**
 * The pause between two lines after the server has dropped one, in milliseconds; doubled at each
 * further loss.
 */
const PAUSE = { first: 500, longest: 4000 } as const;

/**
 * The time without a line after which the learned pause is halved, or forgotten if it is short, in
 * milliseconds.
 */
const QUIET = 60_000;

/** The pace of the user's messages. */
export class Pace {
  #window: number = WINDOW.least;
  #quickest = Infinity;
  /** The learned pause between two lines; 0 if the server has dropped no line. */
  #learned = 0;
  #isCareful = false;
  /**
   * The time at which the next line is due if lines are sent evenly, in the milliseconds of a
   * `Moment`.
   */
  #due = -Infinity;
  /** The time of the last reason to be slower, also in the milliseconds of a `Moment`. */
  #slowedAt = -Infinity;

  /** Records a new connection. `isExact` is true if the server tells the outcome of each line. */
  begin(isExact: boolean): void {
    this.#isCareful = !isExact;
    this.#window = WINDOW.least;
    this.#quickest = Infinity;
  }

  /** The number of lines that may be unanswered at once. */
  get window(): number {
    // After a loss, only one line may be unanswered, so that the next loss surely concerns it.
    return this.#learned > 0 ? 1 : this.#window;
  }

  /** Returns the time to wait before the next line, in milliseconds. */
  delay({ ms: now }: Moment): number {
    const burst = this.#learned > 0 || !this.#isCareful ? 1 : CAREFUL.burst;
    return Math.max(0, this.#due - (burst - 1) * this.#pause - now);
  }

  /** Records that a line was sent. */
  sent({ ms: now }: Moment): void {
    if (now - this.#due > QUIET) {
      this.#learned = this.#learned > PAUSE.first ? this.#learned / 2 : 0;
    }
    this.#due = Math.max(this.#due, now) + this.#pause;
  }

  /** Records the answer to a line, `time` milliseconds after it was sent. */
  answered(time: number): void {
    this.#quickest = Math.min(this.#quickest, time);
    const isSlow = time > this.#quickest + SLOW;
    this.#window = isSlow
      ? Math.max(WINDOW.least, Math.floor(this.#window / 2))
      : Math.min(this.#window + 1, WINDOW.most);
  }

  /**
   * Records that the server dropped a line sent at `sentAt`, or closed the connection, for
   * flooding.
   */
  slower({ ms: sentAt }: Moment, { ms: now }: Moment): void {
    // If several lines were on their way together, their losses count as one reason.
    if (sentAt <= this.#slowedAt) return;
    this.#slowedAt = now;
    this.#learned = Math.min(this.#learned * 2 || PAUSE.first, PAUSE.longest);
    this.#due = now + this.#learned;
  }

  get #pause(): number {
    return this.#learned || (this.#isCareful ? CAREFUL.pause : 0);
  }
}
