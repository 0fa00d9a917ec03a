/**
 * Text as both sides handle it: how long it is on the wire, where it may be cut, and what of it is
 * safe to show. Pure; knows nothing of IRC.
 *
 * @module
 */

/** The length of `text` in UTF-8 bytes, which is what limits on the wire are counted in. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Two bytes below U+0800, three above; a surrogate pair, two units, has four.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/**
 * Everything that acts on a terminal or a log instead of being seen there: C0 and C1 controls
 * (ESC among them), bidirectional embeddings, overrides and isolates (Unicode UAX #9, the "trojan
 * source" characters), and the line and paragraph separators.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `text` without any character that could move a cursor, forge a line or reorder what is read. */
export function printable(text: string): string {
  return text.replace(UNSAFE, "");
}

/** JSON with the same characters escaped that {@linkcode printable} takes out: it means the same. */
export function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Splits `text` into pieces of at most `maxBytes` UTF-8 bytes. No piece begins or ends inside a
 * user-perceived character, unless one such character alone is over the limit; a piece ends at a
 * space where its last third has one. Joined, the pieces are `text` again. Empty text is one
 * empty piece.
 *
 * @throws {RangeError} if `maxBytes` is below 4, the longest encoding of one code point.
 */
export function splitText(text: string, maxBytes: number): string[] {
  if (maxBytes < 4) throw new RangeError(`cannot split text into pieces of ${maxBytes} bytes`);
  const pieces: string[] = [];
  let rest = text;
  while (byteLength(rest) > maxBytes) {
    const piece = longestPrefix(rest, maxBytes);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  if (rest !== "" || pieces.length === 0) pieces.push(rest);
  return pieces;
}

/** `words` in as few lines as hold them, of at most `maxBytes` each unless one word alone is longer. */
export function joinInLines(
  words: Iterable<string>,
  separator: string,
  maxBytes: number,
): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1)}${separator}${word}`;
    if (lines.length > 0 && byteLength(longer) <= maxBytes) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function longestPrefix(text: string, maxBytes: number): string {
  // No more than `maxBytes` UTF-16 units can fit, so the rest need not be segmented.
  const fit = prefixOf(unitsOf(text.slice(0, maxBytes + 1)), maxBytes);
  const prefix = fit === "" ? prefixOf(text, maxBytes) : fit;
  const space = prefix.lastIndexOf(" ") + 1;
  return space > (prefix.length * 2) / 3 ? prefix.slice(0, space) : prefix;
}

/** Made when it is first needed: that takes longer than all else that the start does by itself. */
let graphemes: Intl.Segmenter | undefined;

function* unitsOf(text: string): Iterable<string> {
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of graphemes.segment(text)) yield segment;
}

function prefixOf(units: Iterable<string>, maxBytes: number): string {
  let prefix = "";
  let bytes = 0;
  for (const unit of units) {
    bytes += byteLength(unit);
    if (bytes > maxBytes) break;
    prefix += unit;
  }
  return prefix;
}
