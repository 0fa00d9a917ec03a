/**
 * Reads the lines of an input that is not a terminal. Refuses an input that is not text, for
 * example a picture. This module does not know the use of the lines.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { concat, type Decoder } from "../../lines.ts";
import { PIPE_TEXTS } from "../texts/terminal.ts";
import type { Stdio } from "./stdio.ts";

/** The number of bytes after which a line is returned even if it has no end. */
const MAX_LINE_BYTES = 16 * 1024;

const LF = 0x0a;

/**
 * Yields the lines of `input` without their ends, and without a byte order mark before the first.
 * Reads only when a line is needed, since the input may have any size.
 *
 * @throws {UserError} if the input is not text.
 */
export async function* inputLines(
  input: Stdio["stdin"],
  decoder: Decoder,
): AsyncGenerator<string, void> {
  const buffer = new Uint8Array(16 * 1024);
  const check = new TextCheck();
  let rest: Uint8Array = new Uint8Array();
  let isFirst = true;
  const lineOf = (bytes: Uint8Array): string => {
    const line = decoder.decode(bytes);
    // Some editors and shells begin a text with a byte order mark.
    const text = isFirst ? line.replace(/^\ufeff/, "") : line;
    isFirst = false;
    return text;
  };
  for (let count = await input.read(buffer); count !== null; count = await input.read(buffer)) {
    const chunk = buffer.subarray(0, count);
    if (!check.isText(chunk)) throw new UserError(PIPE_TEXTS.notText);
    rest = concat([rest, chunk]);
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      yield lineOf(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length < MAX_LINE_BYTES) continue;
    const end = lastCharacterEnd(rest);
    yield lineOf(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  if (rest.length > 0) yield lineOf(rest);
}

/** Returns the index after the last whole character of `bytes`, which may end within one. */
function lastCharacterEnd(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  const isInside = (byte = 0) => (byte & 0xc0) === 0x80;
  while (start > bytes.length - 4 && isInside(bytes[start])) start--;
  return (bytes[start] ?? 0) < 0xc0 ? bytes.length : start;
}

/** Control characters that text has: BEL, backspace, white space, and ESC for colors. */
const CONTROLS_IN_TEXT: ReadonlySet<number> = new Set([7, 8, 9, 10, 11, 12, 13, 27]);

/**
 * The number of other control characters that a chunk of text may have if it is valid UTF-8. In a
 * large chunk, up to a tenth of the bytes may be such characters.
 */
const MAX_CONTROLS = 8;

/** Distinguishes text from other data. */
class TextCheck {
  #decoder = new TextDecoder("utf-8", { fatal: true });

  /** Returns true if `chunk`, the next bytes of an input, may be text. */
  isText(chunk: Uint8Array): boolean {
    const controls = chunk.reduce((sum, byte) => sum + (isControl(byte) ? 1 : 0), 0);
    const isUtf8 = this.#isUtf8(chunk);
    if (controls === 0) return true;
    return isUtf8 && controls <= Math.max(MAX_CONTROLS, chunk.length / 10);
  }

  /** Returns true if `chunk` continues UTF-8; a character may be cut at its end. */
  #isUtf8(chunk: Uint8Array): boolean {
    try {
      this.#decoder.decode(chunk, { stream: true });
      return true;
    } catch {
      this.#decoder = new TextDecoder("utf-8", { fatal: true });
      return false;
    }
  }
}

function isControl(byte: number): boolean {
  return byte < 0x20 && !CONTROLS_IN_TEXT.has(byte);
}
