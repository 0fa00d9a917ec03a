/**
 * Measures text in the cells of a terminal, by user-perceived characters, and lays it out in rows.
 * Pure.
 *
 * @module
 */

import { eastAsianWidth } from "get-east-asian-width";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Characters without a cell of their own: marks, joiners, variation selectors. */
const NO_CELL = /^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;

/** Characters that terminals draw as a picture, two cells wide. */
const PICTURE = /^\p{RGI_Emoji}|\ufe0f/v;

/** Yields the user-perceived characters of `text`. */
export function* characters(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) yield segment;
}

/** Returns the length of the last user-perceived character of `text`, in UTF-16 units. */
export function lastLength(text: string): number {
  // A segmenter works only forwards; no character is longer than this.
  const from = Math.max(0, text.length - 64);
  let length = 0;
  for (const character of characters(text.slice(from))) length = character.length;
  return length;
}

/** Returns the length of the first user-perceived character of `text`, in UTF-16 units. */
export function firstLength(text: string): number {
  const { value } = characters(text.slice(0, 64)).next();
  return typeof value === "string" ? value.length : 0;
}

/** Returns the number of cells of one user-perceived character: 0, 1 or 2. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f) return 1;
  if (NO_CELL.test(character)) return 0;
  if (PICTURE.test(character)) return 2;
  return eastAsianWidth(code);
}

/** Returns the number of cells of `text` in one row. */
export function cells(text: string): number {
  let sum = 0;
  for (const character of characters(text)) sum += cellsOf(character);
  return sum;
}

/** Text in rows, with the position of the cursor. */
export interface Layout {
  /** The rows: at least one, which may be empty. */
  readonly rows: readonly string[];
  /** The row of the cursor, counted from 0. */
  readonly cursorRow: number;
  /** The column of the cursor in cells, counted from 0. */
  readonly cursorColumn: number;
}

/**
 * Lays out the text before and after the cursor in rows of at most `width` cells; `\n` begins a new
 * row.
 */
export function layOut(before: string, after: string, width: number): Layout {
  const rows: string[] = [];
  let row = "";
  let used = 0;
  const endRow = () => {
    rows.push(row);
    row = "";
    used = 0;
  };
  const put = (text: string) => {
    for (const character of characters(text)) {
      if (character === "\n") {
        endRow();
        continue;
      }
      const needed = cellsOf(character);
      if (used + needed > width) endRow();
      row += character;
      used += needed;
    }
  };
  put(before);
  // The cursor itself needs a cell.
  if (used >= width) endRow();
  const cursorRow = rows.length;
  const cursorColumn = used;
  put(after);
  endRow();
  return { rows, cursorRow, cursorColumn };
}
