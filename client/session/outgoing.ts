/**
 * What the user said, until the server has answered it. Each line waits, is sent, and is then
 * confirmed, refused or, when the connection breaks, lost: never sent twice, never forgotten.
 * Pure: it knows no connection.
 *
 * @module
 */

import type { Line, MessageKind } from "./events.ts";

/**
 * What may be unanswered at once. Servers count what they have not read yet, and close a client for
 * flooding beyond (among the common ones, the strictest) 20 lines or 8 kB.
 */
const WINDOW = { lines: 16, bytes: 4096 } as const;

/** What a message cannot hold (Modern IRC, "Message Format"), and the mark of CTCP. */
export const FORBIDDEN_CHARACTERS = /[\0\r\n\x01]/g;

/** What would not be one parameter of a message. */
export const INVALID_TARGET = /^:|[\0\r\n ]/;

/** The command of each kind of message, and the CTCP frame around its text. */
export const MESSAGE_KINDS: Readonly<
  Record<MessageKind, { command: string; before: string; after: string }>
> = {
  message: { command: "PRIVMSG", before: "", after: "" },
  action: { command: "PRIVMSG", before: "\x01ACTION ", after: "\x01" },
  notice: { command: "NOTICE", before: "", after: "" },
};

/** A line that is on its way. */
export interface SentLine extends Line {
  /** By which an answer can name it. */
  readonly label: string;
  /** What it has on the wire. */
  readonly bytes: number;
}

/** The lines of one user that the server has not answered. */
export class Outgoing {
  #waiting: Line[] = [];
  #sent: SentLine[] = [];
  #sentBytes = 0;
  #labels = 0;

  /** How many lines are waiting or unanswered. */
  get size(): number {
    return this.#waiting.length + this.#sent.length;
  }

  /** The last line that was sent, if it is not answered. */
  get lastSent(): SentLine | undefined {
    return this.#sent.at(-1);
  }

  /** The line to send next, unless too much is unanswered. */
  get next(): Line | undefined {
    const isFull = this.#sent.length >= WINDOW.lines || this.#sentBytes >= WINDOW.bytes;
    return isFull ? undefined : this.#waiting[0];
  }

  /** Adds a line behind all others. */
  add(line: Line): void {
    this.#waiting.push(line);
  }

  /** Notes that the first `text` of {@linkcode next} is being sent as `bytes`; the rest waits on. */
  take(text: string, bytes: number): SentLine | undefined {
    const line = this.#waiting.shift();
    if (!line) return undefined;
    const rest = line.text.slice(text.length);
    if (rest !== "") this.#waiting.unshift({ ...line, text: rest });
    const sent = { ...line, text, bytes, label: (++this.#labels).toString(36) };
    this.#sent.push(sent);
    this.#sentBytes += bytes;
    return sent;
  }

  /** Takes out the line an answer names, or the first that `matches`. */
  answered(matches: (line: SentLine) => boolean): SentLine | undefined {
    const at = this.#sent.findIndex(matches);
    if (at < 0) return undefined;
    const [line] = this.#sent.splice(at, 1);
    this.#sentBytes -= line?.bytes ?? 0;
    return line;
  }

  /** Takes out the line labelled `label` and all that were sent before it. */
  answeredThrough(label: string): SentLine[] {
    const at = this.#sent.findIndex((line) => line.label === label);
    const lines = this.#sent.splice(0, at + 1);
    for (const line of lines) this.#sentBytes -= line.bytes;
    return lines;
  }

  /** Takes out what was sent and not answered: the connection is gone. */
  lost(): SentLine[] {
    const lines = this.#sent;
    this.#sent = [];
    this.#sentBytes = 0;
    return lines;
  }

  /** Takes out what waits to be said to `isThere`: it cannot be. */
  withdraw(isThere: (to: string) => boolean): Line[] {
    const lines = this.#waiting.filter((line) => isThere(line.to));
    this.#waiting = this.#waiting.filter((line) => !isThere(line.to));
    return lines;
  }
}
