/**
 * Frames records in a file: each has its length and checksum before it. So a damaged record is
 * noticed, and the records before and after it can still be read. A record is text without line
 * feeds.
 *
 * A framed record is a line: the number of its bytes and their CRC-32 (as in zlib), each in 8
 * hexadecimal digits with a space after them, and then the record.
 *
 * @module
 */

import { crc32 } from "node:zlib";

const HEADER_FORM = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/;
const HEADER = 18;
const DIGITS = 8;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
/** The most bytes in UTF-8 for each UTF-16 unit of a record. */
const MOST_BYTES = 3;
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A framer of records, which reuses its memory. */
export class Framer {
  #bytes = new Uint8Array(64 * 1024);

  /** Returns the framed records, which are valid until the next call. */
  frame(records: readonly string[]): Uint8Array {
    const most = records.reduce((sum, { length }) => sum + HEADER + length * MOST_BYTES + 1, 0);
    if (most > this.#bytes.length) this.#bytes = new Uint8Array(most);
    const bytes = this.#bytes;
    let at = 0;
    for (const record of records) {
      const { written } = encoder.encodeInto(record, bytes.subarray(at + HEADER));
      const end = at + HEADER + written;
      writeHex(bytes, at, written);
      writeHex(bytes, at + DIGITS + 1, crc32(bytes.subarray(at + HEADER, end)));
      bytes[end] = LINE_FEED;
      at = end + 1;
    }
    return bytes.subarray(0, at);
  }
}

function writeHex(bytes: Uint8Array, at: number, value: number): void {
  let left = value;
  for (let index = at + DIGITS - 1; index >= at; index--) {
    bytes[index] = HEX_DIGITS[left & 15] ?? 0;
    left >>>= 4;
  }
  bytes[at + DIGITS] = SPACE;
}

/** A part of a file: a record, or bytes that are no record. */
export interface Part {
  /** The position of its first byte. */
  readonly from: number;
  /** The position after its last byte. */
  readonly to: number;
  /** The record; `undefined` if these bytes are damaged. */
  readonly record: string | undefined;
}

/** Yields the parts of a file from the position `start` on, in order. */
export function* partsOf(bytes: Uint8Array, start: number): Iterable<Part> {
  let damagedFrom = start;
  let at = start;
  while (at < bytes.length) {
    const part = recordAt(bytes, at);
    if (!part) {
      // A record begins after a line feed, and contains none.
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      at = lineFeed < 0 ? bytes.length : lineFeed + 1;
      continue;
    }
    if (damagedFrom < at) yield { from: damagedFrom, to: at, record: undefined };
    yield part;
    at = damagedFrom = part.to;
  }
  if (damagedFrom < bytes.length) yield { from: damagedFrom, to: bytes.length, record: undefined };
}

/** Returns the record that begins at a position; `undefined` if none does, or it is damaged. */
function recordAt(bytes: Uint8Array, from: number): Part | undefined {
  const header = String.fromCharCode(...bytes.subarray(from, from + HEADER));
  const [, length = "", sum = ""] = HEADER_FORM.exec(header) ?? [];
  if (length === "") return undefined;
  const end = from + HEADER + Number.parseInt(length, 16);
  if (end >= bytes.length) return undefined;
  const record = bytes.subarray(from + HEADER, end);
  if (crc32(record) !== Number.parseInt(sum, 16)) return undefined;
  return { from, to: end + 1, record: decoder.decode(record) };
}
