/**
 * Reads the newest messages that the user has missed in one conversation, one page after another,
 * backward and up to a limit (https://ircv3.net/specs/extensions/chathistory, LATEST and BETWEEN).
 * Performs no I/O: it returns the requests to send.
 *
 * @module
 */

import { type ClientEvent, isSpeech, type Speech, type Stamp } from "./events.ts";
import type { Position } from "./reading.ts";

/** The parts of the history to read. */
export interface BacklogRange {
  /** The room or the person. */
  readonly name: string;
  /** The last message that the user has seen. */
  readonly seen: Position;
  /** The largest number of messages in one page. */
  readonly page: number;
  /** The largest number of messages to read. */
  readonly max: number;
}

/**
 * The size and the ends of a page of history, including messages without an event, which the client
 * does not show.
 */
export interface PageEnd {
  /** The number of messages in the page. */
  readonly count: number;
  /** The time and the id of the first message. */
  readonly first: Stamp | undefined;
  /** The time and the id of the last message. */
  readonly last: Stamp | undefined;
  /**
   * True if the server has no more messages in the direction of the request; undefined if it does
   * not say.
   */
  readonly isEnd?: boolean | undefined;
}

/**
 * Returns true if a page of at most `size` messages is the last one. The server may say so; if it
 * does not say, a page that is not full is the last one.
 */
export function isLastPage({ count, isEnd }: PageEnd, size: number): boolean {
  return isEnd ?? count < size;
}

/** The messages that were missed in one conversation. */
export class Backlog {
  readonly #range: BacklogRange;
  #messages: Speech[] = [];
  #count = 0;
  #oldest: Stamp | undefined;
  #isWhole = false;
  /**
   * The newest message of the history. Once the backlog is read, the user has caught up to here.
   */
  last: Stamp | undefined;

  /** Begins at the newest message. */
  constructor(range: BacklogRange) {
    this.#range = range;
  }

  /** The parameters of the next CHATHISTORY. */
  get request(): readonly string[] {
    const { name, seen } = this.#range;
    const size = String(this.#size);
    return this.#oldest === undefined
      ? ["LATEST", name, referenceOf(seen), size]
      : ["BETWEEN", name, referenceOf(this.#oldest), referenceOf(seen), size];
  }

  /** Takes a page; returns true if the client needs no further page. */
  take(page: readonly ClientEvent[], end: PageEnd): boolean {
    const { count, first, last } = end;
    const isLast = isLastPage(end, this.#size);
    const fresh = this.#unseen(page);
    this.#messages.unshift(...fresh.filter(isSpeech));
    this.#count += count;
    this.last ??= last;
    this.#oldest = first;
    this.#isWhole = isLast || fresh.length < page.length;
    return this.#isWhole || first?.id === undefined || this.#count >= this.#range.max;
  }

  /**
   * The messages so far, in order. If the user missed more before them, the first message has
   * `isAfterGap`.
   */
  get messages(): Speech[] {
    const [first, ...others] = this.#messages;
    if (!first || this.#isWhole) return this.#messages;
    return [{ ...first, isAfterGap: true }, ...others];
  }

  get #size(): number {
    const { page, max } = this.#range;
    return Math.min(page, Math.max(1, max - this.#count));
  }

  /**
   * Returns the events of a page that are newer than the last seen message. Some servers also send
   * older events.
   */
  #unseen(page: readonly ClientEvent[]): readonly ClientEvent[] {
    const { seen } = this.#range;
    if (seen.id === undefined) return page.filter(({ time }) => time >= seen.time);
    return page.slice(page.findLastIndex(({ id }) => id === seen.id) + 1);
  }
}

/** Returns the parameter by which CHATHISTORY names a message: its `msgid`, or else its time. */
export function referenceOf({ id, time }: Stamp): string {
  return id === undefined ? `timestamp=${new Date(time).toISOString()}` : `msgid=${id}`;
}
