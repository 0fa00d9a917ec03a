/**
 * Decodes text that is in UTF-8 or in an older encoding: networks and files may mix both. Performs
 * no I/O.
 *
 * @module
 */

import type { Decoder } from "../../lines.ts";

/**
 * The encoding of text that is not UTF-8, if the user names no encoding: Western European, with
 * Latin-1.
 */
const DEFAULT_ENCODING = "windows-1252";

/**
 * Encodings that cannot take the place of UTF-8: their text would not be split into lines, or would
 * pass for UTF-8.
 */
const UNUSABLE = /^(?:utf-16|iso-2022)/;

/** Returns true if `name` is an encoding in which text that is not UTF-8 can be read. */
export function isEncoding(name: string): boolean {
  try {
    return !UNUSABLE.test(new TextDecoder(name).encoding);
  } catch {
    return false;
  }
}

/**
 * Returns a decoder of whole texts, which reads a text as UTF-8 if it is valid, and otherwise in
 * `encoding`. Some servers cut long lines within a character: if only the last character is
 * incomplete, and the text before it is UTF-8 and not just ASCII, the decoder leaves that character
 * out.
 */
export function textDecoder(encoding: string = DEFAULT_ENCODING): Decoder {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const fallback = new TextDecoder(encoding);
  const unicode = (bytes: Uint8Array): string | undefined => {
    try {
      return strict.decode(bytes);
    } catch {
      return undefined;
    }
  };
  return {
    decode(bytes) {
      const whole = unicode(bytes);
      if (whole !== undefined) return whole;
      const cut = unicode(withoutCutEnd(bytes));
      return cut !== undefined && NOT_ASCII.test(cut) ? cut : fallback.decode(bytes);
    },
  };
}

const NOT_ASCII = /[^\0-\x7f]/;

/** The largest number of bytes of an incomplete character in UTF-8. */
const MAX_CUT_BYTES = 3;

/** Returns `bytes` without the bytes of an incomplete character at the end. */
function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  const isContinuation = (byte = 0) => (byte & 0xc0) === 0x80;
  let length = 1;
  while (length < MAX_CUT_BYTES && isContinuation(bytes.at(-length))) length++;
  return bytes.subarray(0, -length);
}

/**
 * Returns a decoder of the lines of a server. The names in a line may be UTF-8 although its text is
 * not, so each part is decoded separately.
 */
export function messageDecoder(encoding: string = DEFAULT_ENCODING): Decoder {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = textDecoder(encoding);
  return {
    decode(line) {
      try {
        return strict.decode(line);
      } catch {
        return partsOf(line).map((part) => text.decode(part)).join("");
      }
    },
  };
}

const SPACE = 0x20;
const COLON = 0x3a;
const AT = 0x40;

/** Splits a line before each space, but not within its text. */
function partsOf(line: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let isTagged = line[0] === AT;
  for (let start = 0; start < line.length;) {
    const space = line.indexOf(SPACE, start + 1);
    const isText = start > 0 && !isTagged && line[start + 1] === COLON;
    const end = isText || space < 0 ? line.length : space;
    parts.push(line.subarray(start, end));
    // The colon after the tags begins the source.
    isTagged &&= start === 0;
    start = end;
  }
  return parts;
}
