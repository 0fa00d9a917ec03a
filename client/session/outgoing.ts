/**
 * Tracks the user's messages until the server has answered them. Each waits, is sent, and is then
 * confirmed, refused or, if the connection breaks, lost. None is sent twice, and none is forgotten. Pure;
 * it does not know connections.
 *
 * @module
 */

import type { Line, MessageKind } from "./events.ts";

/**
 * The limit of unanswered messages. Servers count the data that they have not read yet, and close a client
 * for flooding: among the common ones, the strictest do so after 20 lines or 8 kB.
 */
const WINDOW = { lines: 16, bytes: 4096 } as const;

/** Matches what a message cannot contain (Modern IRC, "Message Format"), and the delimiter of CTCP. */
export const FORBIDDEN_CHARACTERS = /[\0\r\n\x01]/g;

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

/** A line that was sent and is not answered. */
export interface SentLine extends Line {
  /** The label by which a response names it. */
  readonly label: string;
  /** Its length on the wire, in bytes. */
  readonly bytes: number;
}

/** The lines of the user that the server has not answered. */
export class Outgoing {
  #waiting: Line[] = [];
  #sent: SentLine[] = [];
  #sentBytes = 0;
  #labels = 0;

  /** The number of lines that wait or are unanswered. */
  get size(): number {
    return this.#waiting.length + this.#sent.length;
  }

  /** The lines that are unanswered, in the order in which they were sent. */
  get sent(): readonly Line[] {
    return this.#sent;
  }

  /** The lines that are unanswered or wait, in their order. */
  get lines(): readonly Line[] {
    return [...this.#sent, ...this.#waiting];
  }

  /** The last line that was sent, if it is unanswered. */
  get lastSent(): SentLine | undefined {
    return this.#sent.at(-1);
  }

  /** The next line to send, unless too much is unanswered. */
  get next(): Line | undefined {
    const isFull = this.#sent.length >= WINDOW.lines || this.#sentBytes >= WINDOW.bytes;
    return isFull ? undefined : this.#waiting[0];
  }

  /** Adds a line to the end. */
  add(line: Line): void {
    this.#waiting.push(line);
  }

  /** Removes `text` from the start of {@linkcode next} and returns it as a line sent with `bytes` bytes. */
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

  /** Removes and returns the first sent line that `matches`: it is answered. */
  answered(matches: (line: SentLine) => boolean): SentLine | undefined {
    const at = this.#sent.findIndex(matches);
    if (at < 0) return undefined;
    const [line] = this.#sent.splice(at, 1);
    this.#sentBytes -= line?.bytes ?? 0;
    return line;
  }

  /** Removes and returns the line with that label and all that were sent before it. */
  answeredThrough(label: string): SentLine[] {
    const at = this.#sent.findIndex((line) => line.label === label);
    const lines = this.#sent.splice(0, at + 1);
    for (const line of lines) this.#sentBytes -= line.bytes;
    return lines;
  }

  /** Removes and returns the unanswered lines: the connection is lost. */
  lost(): SentLine[] {
    const lines = this.#sent;
    this.#sent = [];
    this.#sentBytes = 0;
    return lines;
  }

  /** Changes the target of the waiting lines whose target `matches`: it has another name. */
  readdress(matches: (to: string) => boolean, to: string): void {
    this.#waiting = this.#waiting.map((line) => matches(line.to) ? { ...line, to } : line);
  }

  /** Removes and returns the waiting lines whose target `matches`: they cannot be sent. */
  withdraw(matches: (to: string) => boolean): Line[] {
    const lines = this.#waiting.filter((line) => matches(line.to));
    this.#waiting = this.#waiting.filter((line) => !matches(line.to));
    return lines;
  }
}
