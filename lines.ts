/**
 * From bytes to lines: the beginning of every message's way, the same on both sides of the wire. Pure;
 * knows how long a line may be and what it may hold, and of what it says only where the command is.
 *
 * Sources: Modern IRC, "Message Format"; https://ircv3.net/specs/extensions/message-tags, "Size limit";
 * https://ircv3.net/specs/extensions/utf8-only.
 *
 * @module
 */

import { isCommand, LIMITS, parse } from "./protocol.ts";

/** What a {@linkcode LineReader} finds in the bytes it is fed. */
export type Received =
  | { readonly type: "line"; readonly text: string }
  /** A line over the usual limit, but not over the longest there may be. */
  | { readonly type: "long"; readonly text: string }
  /** A line over the limit; reported once, as soon as it is known, and then skipped to its end. */
  | { readonly type: "too-long" }
  /** A line with bytes that are not UTF-8, or with a NUL or a CR inside. */
  | {
    readonly type: "refused";
    readonly command: string;
    readonly code: "INVALID_UTF8" | "INVALID_CHARACTERS";
    /** Whether it is over the usual limit as well. */
    readonly isLong: boolean;
  };

/** Limits of a {@linkcode LineReader}, in bytes. */
export interface LineLimits {
  /** A line's content without tags and line end. */
  readonly content: number;
  /** The same for the longest lines there may be; absent, none may be longer than others. */
  readonly longest?: number;
  /** The tags with their `@` and the space behind them; 0 where lines have none. */
  readonly tags: number;
}

const IRC_LIMITS: LineLimits = { content: LIMITS.line - 2, tags: LIMITS.tags };

/** The limits of what clients send to a server, which takes long lines where a command needs them. */
export const SERVER_LIMITS: LineLimits = { ...IRC_LIMITS, longest: LIMITS.longLine - 2 };

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;
const AT = 0x40;
const SPACE = 0x20;

/**
 * Turns chunks of bytes, cut anywhere, into lines ended by LF or CR LF. Feed it a chunk, then take
 * what it finds until there is no more:
 *
 * ```ts ignore
 * reader.feed(bytes);
 * for (let found = reader.next(); found; found = reader.next()) handle(found);
 * ```
 *
 * It keeps at most one line that has no end yet, so it costs no more memory than its limits.
 */
export class LineReader {
  readonly #limits: LineLimits;
  readonly #decoder: TextDecoder;
  #chunk: Uint8Array = new Uint8Array(0);
  #ascii = new Ascii(this.#chunk);
  #at = 0;
  /** The beginning of a line whose end has not come yet. */
  #partial: Uint8Array | undefined;
  #skipping = false;

  /**
   * A reader for lines of at most `limits`, which `decoder` turns into text: where it is not `fatal`,
   * lines that are not UTF-8 are mended, not refused.
   */
  constructor(limits: LineLimits = IRC_LIMITS, decoder: TextDecoder = strictDecoder) {
    this.#limits = limits;
    this.#decoder = decoder;
  }

  /** Gives the reader its next bytes. It borrows them until {@linkcode next} returns `undefined`. */
  feed(chunk: Uint8Array): void {
    if (this.#at < this.#chunk.length) chunk = concat(this.#chunk.subarray(this.#at), chunk);
    this.#chunk = chunk;
    this.#ascii = new Ascii(chunk);
    this.#at = 0;
  }

  /** What comes next in the bytes so far, or `undefined` when more are needed. */
  next(): Received | undefined {
    for (;;) {
      const start = this.#at;
      const end = this.#chunk.indexOf(LF, start);
      const piece = this.#chunk.subarray(start, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#chunk.length : end + 1;
      if (this.#skipping) {
        if (end < 0) return undefined;
        this.#skipping = false;
        continue;
      }
      const text = this.#partial || end < 0 ? undefined : this.#ascii.text(start, end);
      const line = this.#partial ? concat(this.#partial, piece) : piece;
      this.#partial = undefined;
      const { content, longest = content } = this.#limits;
      if (this.#isOver(longest, line, end >= 0)) {
        this.#skipping = end < 0;
        return { type: "too-long" };
      }
      if (end < 0) {
        if (line.length > 0) this.#partial = line.slice();
        return undefined;
      }
      const found = decodeLine(line, this.#decoder, text);
      if (found) return this.#isOver(content, line, true) ? asLong(found) : found;
    }
  }

  /** Takes the line that has begun and has no end yet, as if it had one. */
  takePartial(): Received | undefined {
    const line = this.#partial;
    this.#partial = undefined;
    return line && decodeLine(line, this.#decoder);
  }

  /** Whether a line has begun and has no end yet. */
  get hasPartial(): boolean {
    return this.#partial !== undefined;
  }

  /** Whether a line has more than `content`, or its tags more than they may. */
  #isOver(content: number, line: Uint8Array, ended: boolean): boolean {
    const { tags } = this.#limits;
    // A CR at the end may be the first half of the line end.
    const length = line.length - (line.at(-1) === CR ? 1 : 0);
    if (length <= content) return false;
    if (tags === 0 || line[0] !== AT) return true;
    const space = line.indexOf(SPACE);
    if (space < 0) return ended || line.length > tags;
    return space + 1 > tags || length - (space + 1) > content;
  }
}

/** So many bytes are decoded at once. */
const PIECE = 1024;

/**
 * A chunk as text, as far as it is ASCII, as most is. It is decoded in pieces of more than a line, since
 * a call takes longer than the work; and of not much more, since who keeps a line keeps its piece.
 */
class Ascii {
  readonly #chunk: Uint8Array;
  #start = 0;
  #end = 0;
  #piece: string | undefined;

  constructor(chunk: Uint8Array) {
    this.#chunk = chunk;
  }

  /** The text from byte `start` to byte `end`; `undefined` if it is not known to be ASCII. */
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
    // What is no ASCII has fewer letters than bytes, or is no UTF-8 and has a sign instead.
    this.#piece = text.length === bytes.length && !text.includes("\ufffd") ? text : undefined;
  }
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What the `bytes` of a line are, which are `text` if that is known already. */
function decodeLine(
  bytes: Uint8Array,
  decoder: TextDecoder,
  text?: string,
): Received | undefined {
  const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  if (line.length === 0) return undefined;
  if (line.includes(CR) || line.includes(NUL)) return refuse(line, "INVALID_CHARACTERS");
  try {
    return { type: "line", text: text?.slice(0, line.length) ?? decoder.decode(line) };
  } catch {
    return refuse(line, "INVALID_UTF8");
  }
}

function refuse(line: Uint8Array, code: "INVALID_UTF8" | "INVALID_CHARACTERS"): Received {
  const command = parse(lossyDecoder.decode(line))?.command ?? "*";
  return { type: "refused", command: isCommand(command) ? command : "*", code, isLong: false };
}

/** What was found in a line that is over the usual limit. */
function asLong(found: Received): Received {
  if (found.type === "line") return { type: "long", text: found.text };
  return found.type === "refused" ? { ...found, isLong: true } : found;
}

/** The bytes of `a` with those of `b` behind, in a new array. */
export function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
