/**
 * Measures text in the cells of a terminal, by user-perceived characters, and lays it out in rows.
 * Terminals disagree about some characters: emoji with a skin tone, conjuncts, soft hyphens,
 * letters newer than the terminal. Each of these counts with the largest width that a terminal
 * gives it, so that no row reaches the edge. Performs no I/O.
 *
 * @module
 */

import { eastAsianWidth } from "get-east-asian-width";
import { characters } from "../../shared/text.ts";

/** Characters without a cell of their own: marks, joiners, variation selectors. */
const NO_CELL = /^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;

/** User-perceived characters without a cell in some terminals. */
const ALL_WITHOUT_CELL = /^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;

/** Characters that some terminals give a cell of their own: spacing marks and the soft hyphen. */
const CELL_OF_ITS_OWN = /^[\p{Mc}\u00ad]$/u;

/** Marks of recent scripts: those outside the first plane that are not variation selectors. */
const NEW_MARK = /^(?![\u{e0000}-\u{effff}])(?=[\u{10000}-\u{10ffff}])\p{M}$/u;

/**
 * Characters that terminals draw as a picture, two cells wide. Created on first use: creating it
 * takes a tenth of the time of a start.
 */
let picture: RegExp | undefined;

/**
 * Text in which each UTF-16 unit is a character in a cell of its own: Latin letters, and the signs
 * that the client itself writes. It needs none of the patterns above.
 */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f…─←→]*$/;

/** Returns the length of the last user-perceived character of `text`, in UTF-16 units. */
export function lastLength(text: string): number {
  // A segmenter works only forwards. Nearly all characters have fewer than 64 units; of a longer
  // character, only the end counts.
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

/** Returns the largest number of cells that a terminal gives to one user-perceived character. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f || NARROW.test(character)) return 1;
  let apart = 0;
  for (const each of character) apart += cellsApart(each);
  picture ??= /^\p{RGI_Emoji}|\ufe0f/v;
  return picture.test(character) ? Math.max(2, apart) : apart;
}

/**
 * Returns the number of cells of a code point in a terminal without support for graphemes, such as
 * tmux 3.3.
 */
function cellsApart(each: string): number {
  const code = each.codePointAt(0) ?? 0;
  if (CELL_OF_ITS_OWN.test(each)) return 1;
  // A terminal may be older than a mark of a recent script, and then gives the mark a cell.
  if (NO_CELL.test(each)) return NEW_MARK.test(each) ? 1 : 0;
  return eastAsianWidth(code);
}

/** Returns the number of cells of `text` in one row; no terminal needs more. */
export function cells(text: string): number {
  if (NARROW.test(text)) return text.length;
  let sum = 0;
  for (const character of characters(text)) sum += cellsOf(character);
  return sum;
}

/** Returns the beginning of `text` that takes at most `width` cells. */
export function firstCells(text: string, width: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, width));
  let start = "";
  let used = 0;
  for (const character of characters(text)) {
    used += cellsOf(character);
    if (used > width) break;
    start += character;
  }
  return start;
}

/**
 * Returns the least number of cells that `text` takes in rows of `columns` cells. The last cell of
 * a row counts, too, if it stays empty because a wide character does not fit.
 */
export function leastCells(text: string, columns: number): number {
  if (NARROW.test(text)) return text.length;
  let sum = 0;
  for (const character of characters(text)) {
    const width = leastCellsOf(character);
    const isTooWide = sum % columns + width > columns;
    sum += isTooWide ? width + 1 : width;
  }
  return sum;
}

/** Returns the least number of cells that a terminal gives to one user-perceived character. */
function leastCellsOf(character: string): number {
  if (ALL_WITHOUT_CELL.test(character)) return 0;
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** Text in rows, with the position of the cursor. */
export interface Layout {
  /** The rows: at least one, which may be empty. */
  readonly rows: readonly string[];
  /** The row of the cursor, counted from 0. */
  readonly cursorRow: number;
  /** The length of the part of that row before the cursor, in UTF-16 units. */
  readonly cursorAt: number;
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
  const cursorAt = row.length;
  put(after);
  endRow();
  return { rows, cursorRow, cursorAt };
}
