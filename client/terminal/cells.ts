/**
 * Text as a terminal sees it: user-perceived characters, how many cells each takes, and how text
 * falls into rows. Pure.
 *
 * @module
 */

import { eastAsianWidth } from "get-east-asian-width";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What is drawn in no cell of its own: marks, joiners, variation selectors. */
const NO_CELL = /^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;

/** What terminals draw as a picture, two cells wide. */
const PICTURE = /^\p{RGI_Emoji}|\ufe0f/v;

/** The user-perceived characters of `text`. */
export function* characters(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) yield segment;
}

/** The length of the last user-perceived character of `text`, in UTF-16 units. */
export function lastLength(text: string): number {
  // Far enough back for any character there is; a segmenter works only forwards.
  const from = Math.max(0, text.length - 64);
  let length = 0;
  for (const character of characters(text.slice(from))) length = character.length;
  return length;
}

/** The length of the first user-perceived character of `text`, in UTF-16 units. */
export function firstLength(text: string): number {
  const { value } = characters(text.slice(0, 64)).next();
  return typeof value === "string" ? value.length : 0;
}

/** The cells that one user-perceived character takes: 0, 1 or 2. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f) return 1;
  if (NO_CELL.test(character)) return 0;
  if (PICTURE.test(character)) return 2;
  return eastAsianWidth(code);
}

/** The cells that `text` takes in one row. */
export function cells(text: string): number {
  let sum = 0;
  for (const character of characters(text)) sum += cellsOf(character);
  return sum;
}

/** Text in rows, and where in them the cursor is. */
export interface Layout {
  /** At least one, possibly empty. */
  readonly rows: readonly string[];
  /** Counted from 0. */
  readonly cursorRow: number;
  /** In cells, counted from 0. */
  readonly cursorColumn: number;
}

/**
 * Lays `before` and `after`, which meet at the cursor, out in rows of at most `width` cells; `\n`
 * begins a new row.
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
