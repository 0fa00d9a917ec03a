/**
 * Turns bytes into lines, the first step for every message on both the server and the client.
 * Performs no I/O. It checks the length and the characters of a line. It parses only a line that it
 * refuses, because the result names the command of that line.
 *
 * Sources: Modern IRC (https://modern.ircdocs.horse, "Message Format"), message-tags
 * (https://ircv3.net/specs/extensions/message-tags, "Size limit"),
 * https://ircv3.net/specs/extensions/utf8-only.
 *
 * @module
 */

import { isCommand, LIMITS, parse } from "./protocol.ts";

/** One result of a {@linkcode LineReader}. */
export type Received =
  | { readonly type: "line"; readonly text: string }
  /** A line over the usual limit, but not over the limit of long lines. */
  | { readonly type: "long"; readonly text: string }
  /** A line over the largest limit. Reported once, before the line ends; its rest is skipped. */
  | { readonly type: "too-long" }
  /** A line with bytes that are not UTF-8, or with a NUL or a CR inside. */
  | {
    readonly type: "refused";
    readonly command: string;
    readonly code: "INVALID_UTF8" | "INVALID_CHARACTERS";
    /** True if the line is over the usual limit as well. */
    readonly isLong: boolean;
  };

/** A decoder of whole lines; a `TextDecoder` is one. */
export interface Decoder {
  /** Returns the text of `bytes`. */
  decode(bytes: Uint8Array): string;
}

/** Limits of a {@linkcode LineReader}, in bytes. */
export interface LineLimits {
  /** The limit of a line without tags and line end. */
  readonly content: number;
  /** The same limit for long lines; if absent, there are no long lines. */
  readonly longest?: number;
  /** The limit of the tags with their `@` and the space after them; 0 if lines have no tags. */
  readonly tags: number;
}

const IRC_LIMITS: LineLimits = { content: LIMITS.line - 2, tags: LIMITS.tags };

/** The limits of lines from clients; the server accepts long lines for commands that need them. */
export const SERVER_LIMITS: LineLimits = { ...IRC_LIMITS, longest: LIMITS.longLine - 2 };

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;
const AT = 0x40;
const SPACE = 0x20;

/**
 * Splits chunks of bytes, cut anywhere, into lines that end with LF or CR LF. Feed it a chunk, then
 * take the results until there are no more:
 *
 * ```ts ignore
 * reader.feed(bytes);
 * for (let found = reader.next(); found; found = reader.next()) handle(found);
 * ```
 *
 * It keeps at most one unfinished line, so its limits bound its memory.
 */
export class LineReader {
  readonly #limits: LineLimits;
  readonly #decoder: Decoder;
  #chunk: Uint8Array = new Uint8Array(0);
  #ascii = new Ascii(this.#chunk);
  #at = 0;
  /** The beginning of an unfinished line. */
  #partial: Uint8Array | undefined;
  #skipping = false;

  /**
   * Makes a reader for lines of at most `limits`, which `decoder` decodes. If the decoder is not
   * `fatal`, lines that are not UTF-8 get replacement characters instead of being refused.
   */
  constructor(limits: LineLimits = IRC_LIMITS, decoder: Decoder = strictDecoder) {
    this.#limits = limits;
    this.#decoder = decoder;
  }

  /** Adds the next bytes, which must not change until {@linkcode next} has returned `undefined`. */
  feed(chunk: Uint8Array): void {
    if (this.#at < this.#chunk.length) chunk = concat([this.#chunk.subarray(this.#at), chunk]);
    this.#chunk = chunk;
    this.#ascii = new Ascii(chunk);
    this.#at = 0;
  }

  /** Returns the next result; `undefined` if it needs more bytes. */
  next(): Received | undefined {
    for (;;) {
      const start = this.#at;
      const end = this.#chunk.indexOf(LF, start);
      const text = this.#shortAscii(start, end);
      if (text !== undefined) {
        this.#at = end + 1;
        return { type: "line", text };
      }
      const piece = this.#chunk.subarray(start, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#chunk.length : end + 1;
      if (this.#skipping) {
        if (end < 0) return undefined;
        this.#skipping = false;
        continue;
      }
      const begun = this.#partial;
      const line = begun ? concat([begun, piece]) : piece;
      this.#partial = undefined;
      const { content, longest = content } = this.#limits;
      if (this.#isOver(longest, line, end >= 0)) {
        this.#skipping = end < 0;
        return { type: "too-long" };
      }
      if (end < 0) {
        if (line.length > 0) this.#partial = begun ? line : line.slice();
        return undefined;
      }
      const found = decodeLine(line, this.#decoder);
      if (found) return this.#isOver(content, line, true) ? asLong(found) : found;
    }
  }

  /**
   * Returns the line from byte `start` to the LF at `end` if it is short, ASCII and valid, as most
   * lines are. It then needs no other check.
   */
  #shortAscii(start: number, end: number): string | undefined {
    if (end < 0 || this.#partial || this.#skipping) return undefined;
    const ended = this.#ascii.text(start, end);
    const text = ended?.endsWith("\r") ? ended.slice(0, -1) : ended;
    if (!text || text.length > this.#limits.content) return undefined;
    return text.includes("\r") || text.includes("\0") ? undefined : text;
  }

  /** Takes the unfinished line as if it had ended; returns `undefined` if there is none. */
  takePartial(): Received | undefined {
    const line = this.#partial;
    this.#partial = undefined;
    return line && decodeLine(line, this.#decoder);
  }

  /** True while there is an unfinished line. */
  get hasPartial(): boolean {
    return this.#partial !== undefined;
  }

  /**
   * Returns true if a line is over `content` bytes, or its tags over their limit. `ended` is false
   * for an unfinished line, whose tags may not have come completely.
   */
  #isOver(content: number, line: Uint8Array, ended: boolean): boolean {
    const { tags } = this.#limits;
    // A CR at the end may be half of the line end.
    const length = line.length - (line.at(-1) === CR ? 1 : 0);
    if (length <= content) return false;
    if (tags === 0 || line[0] !== AT) return true;
    const space = line.indexOf(SPACE);
    if (space < 0) return ended || line.length > tags;
    return space + 1 > tags || length - (space + 1) > content;
  }
}

/** The number of bytes that are decoded at once. */
const PIECE = 1024;

/**
 * Decodes the ASCII parts of a chunk; most of a chunk is ASCII. It decodes pieces that are longer
 * than a line, because the call of the decoder costs more than the decoding. The pieces are not
 * much longer, because a line that is kept keeps its whole piece in memory.
 */
class Ascii {
  readonly #chunk: Uint8Array;
  #start = 0;
  #end = 0;
  #piece: string | undefined;

  constructor(chunk: Uint8Array) {
    this.#chunk = chunk;
  }

  /**
   * Returns the text from byte `start` to byte `end`; `undefined` if it is not known to be ASCII.
   */
  text(start: number, end: number): string | undefined {
    if (end > this.#end) this.#decode(start);
    if (end > this.#end) return undefined;
    return this.#piece?.slice(start - this.#start, end - this.#start);
  }

  #decode(start: number): void {
    const bytes = this.#chunk.subarray(start, start + PIECE);
    const text = lossyDecoder.decode(bytes);
    this.#start = start;
    this.#end = start + bytes.length;
    // Text that is not ASCII has fewer UTF-16 units than bytes, or has a replacement character if
    // the bytes are not UTF-8.
    this.#piece = text.length === bytes.length && !text.includes("\ufffd") ? text : undefined;
  }
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes the `bytes` of a line; returns `undefined` if the line is empty. */
function decodeLine(bytes: Uint8Array, decoder: Decoder): Received | undefined {
  const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  if (line.length === 0) return undefined;
  if (line.includes(CR) || line.includes(NUL)) return refuse(line, "INVALID_CHARACTERS");
  try {
    return { type: "line", text: decoder.decode(line) };
  } catch {
    return refuse(line, "INVALID_UTF8");
  }
}

function refuse(line: Uint8Array, code: "INVALID_UTF8" | "INVALID_CHARACTERS"): Received {
  const command = parse(lossyDecoder.decode(line))?.command ?? "*";
  return { type: "refused", command: isCommand(command) ? command : "*", code, isLong: false };
}

/** Marks a result as over the usual limit. */
function asLong(found: Received): Received {
  if (found.type === "line") return { type: "long", text: found.text };
  return found.type === "refused" ? { ...found, isLong: true } : found;
}

/** Returns the bytes of all `parts`, one after another; a single part is returned as it is. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
