/**
 * Tracks the user's messages until the server has answered them. Each message waits, is sent, and
 * is then confirmed, refused or, if the connection breaks, lost. Only a message that the server
 * dropped is sent again. Performs no I/O; it does not know connections.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Line, MessageKind } from "./events.ts";

/**
 * The number of unanswered bytes after which no line is sent. Servers count the data that they have
 * not read yet, and disconnect a client for flooding: a connection class of Debian's ircd-hybrid
 * does so at 2560 bytes. The limit leaves space for the line that exceeds it, and for a PING.
 */
const MAX_BYTES = 1536;

/**
 * Matches the characters that a line cannot contain (https://modern.ircdocs.horse, "Message
 * Format"), and the delimiter of CTCP.
 */
export const FORBIDDEN_CHARACTERS = /[\0\r\x01]/g;

/** Matches a target that would not be one parameter of a message. */
export const INVALID_TARGET = /^:|[\0\r\n ]/;

/** The command of each kind of message, and the CTCP delimiters around its text. */
export const MESSAGE_KINDS: Readonly<
  Record<MessageKind, { command: string; before: string; after: string }>
> = {
  message: { command: "PRIVMSG", before: "", after: "" },
  action: { command: "PRIVMSG", before: "\x01ACTION ", after: "\x01" },
  notice: { command: "NOTICE", before: "", after: "" },
};

/** A line without an outcome: it waits to be sent, or was sent and is not answered. */
export interface PendingLine extends Line {
  /** For a line that the server dropped: its {@linkcode SentLine.number} when it was first sent. */
  readonly order?: number;
  /** The number of times that the server dropped it. */
  readonly drops?: number;
  /** True if the user has seen it among the messages, marked as on its way. */
  isShown?: boolean;
  /** True if it was sent, so that it may have arrived. */
  readonly isSent?: boolean;
}

/** A line that was sent and is not answered. */
export interface SentLine extends PendingLine {
  /** The sequence number: the number of lines sent up to this one, itself included. */
  readonly number: number;
  /** The label by which a response names it. */
  readonly label: string;
  /** Its length on the wire, in bytes. */
  readonly bytes: number;
  /** The moment at which it was sent. */
  readonly sentAt: Moment;
  /** The {@linkcode number} that it got when it was first sent. */
  readonly order: number;
  /** The number of times that the server dropped it before. */
  readonly drops: number;
}

/** The lines of the user that the server has not answered. */
export class Outgoing {
  #waiting: PendingLine[] = [];
  #sent: SentLine[] = [];
  #sentBytes = 0;
  #count = 0;

  /** The number of lines that wait or are unanswered. */
  get size(): number {
    return this.#waiting.length + this.#sent.length;
  }

  /** The lines that were sent and are unanswered, in order. */
  get sent(): readonly SentLine[] {
    return this.#sent;
  }

  /** The lines that are unanswered or wait, in their order. */
  get lines(): readonly PendingLine[] {
    return [...this.#sent, ...this.#waiting];
  }

  /**
   * Returns the next line to send, unless `window` lines, or too many bytes, are unanswered. Lines
   * to a target that `isHeld` wait; lines to other targets overtake them.
   */
  next(window: number, isHeld: (to: string) => boolean): Line | undefined {
    if (this.#sent.length >= window || this.#sentBytes >= MAX_BYTES) return undefined;
    return this.#waiting.find(({ to }) => !isHeld(to));
  }

  /** Adds a line to the end. */
  add(line: Line): void {
    this.#waiting.push(line);
  }

  /**
   * Removes `text`, and the line ends after it, from the start of the waiting `line`. Returns
   * `text` as a line that was sent at the moment `now` and has `bytes` bytes on the wire.
   */
  take(line: Line, text: string, bytes: number, now: Moment): SentLine | undefined {
    const at = this.#waiting.indexOf(line);
    const waiting = this.#waiting[at];
    if (!waiting) return undefined;
    const rest = line.text.slice(text.length).replace(/^\n+/, "");
    if (rest === "") {
      this.#waiting.splice(at, 1);
    } else {
      this.#waiting[at] = { ...waiting, text: rest };
      line.delivery?.divide();
    }
    const number = ++this.#count;
    const { order = number, drops = 0, isShown = false } = waiting;
    const label = number.toString(36);
    const known = { ...lineOf(waiting), text, order, drops, isShown, isSent: true };
    const sent = { ...known, bytes, number, label, sentAt: now };
    this.#sent.push(sent);
    this.#sentBytes += bytes;
    return sent;
  }

  /** Queues a dropped line once more, before all lines that were first sent after it. */
  putBack(line: SentLine): void {
    const { order, drops, isShown = false } = line;
    const at = this.#waiting.findIndex((line) => line.order === undefined || line.order > order);
    const waiting = { ...lineOf(line), order, drops: drops + 1, isShown };
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, waiting);
  }

  /**
   * Changes the target of the waiting lines to `to`, if `isFrom` returns true for their present
   * target.
   */
  retarget(isFrom: (to: string) => boolean, to: string): void {
    this.#waiting = this.#waiting.map((line) => isFrom(line.to) ? { ...line, to } : line);
  }

  /** Removes and returns the first sent line that `matches`: it is answered. */
  answered(matches: (line: SentLine) => boolean): SentLine | undefined {
    const at = this.#sent.findIndex(matches);
    if (at < 0) return undefined;
    const [line] = this.#sent.splice(at, 1);
    this.#sentBytes -= line?.bytes ?? 0;
    return line;
  }

  /** Removes and returns the unanswered lines up to the sequence number `number`. */
  answeredThrough(number: number): SentLine[] {
    const after = this.#sent.findIndex((line) => line.number > number);
    const lines = this.#sent.splice(0, after < 0 ? this.#sent.length : after);
    for (const line of lines) this.#sentBytes -= line.bytes;
    return lines;
  }

  /** Removes and returns the unanswered lines: their outcome stays unknown. */
  lost(): SentLine[] {
    const lines = this.#sent;
    this.#sent = [];
    this.#sentBytes = 0;
    return lines;
  }

  /** Removes and returns the waiting lines whose target `matches`: they cannot be sent. */
  withdraw(matches: (to: string) => boolean): Line[] {
    const lines = this.#waiting.filter((line) => matches(line.to));
    this.#waiting = this.#waiting.filter((line) => !matches(line.to));
    return lines;
  }
}

/** Returns the parts of a line that the user gave, without its state. */
function lineOf({ to, kind, text, tags, delivery }: Line): Line {
  return { to, kind, text, ...(tags && { tags }), ...(delivery && { delivery }) };
}
