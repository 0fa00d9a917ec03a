/**
 * Lays out words in columns that fit a width. Performs no I/O.
 *
 * @module
 */

import type { WordGroup } from "../commands/command.ts";
import { safeText } from "./format.ts";
import { cells } from "./cells.ts";

/** The cells between two columns. */
const GAP = 2;

/** The largest width of a column; a longer word takes several columns. */
const MAX_COLUMN = 24;

/**
 * Returns `words` in columns of equal width: rows of at most `width` cells that begin with
 * `indent`.
 */
function inColumns(words: readonly string[], width: number, indent: string): string[] {
  const widest = Math.max(0, ...words.map(cells));
  const column = Math.min(widest, MAX_COLUMN) + GAP;
  const rows: string[] = [];
  let row = "";
  let used = 0;
  for (const word of words) {
    const start = Math.ceil(used / column) * column;
    if (row !== "" && cells(indent) + start + cells(word) > width) {
      rows.push(indent + row);
      row = "";
      used = 0;
    }
    const at = row === "" ? 0 : start;
    row += " ".repeat(at - used) + word;
    used = at + cells(word) + (row === "" ? 0 : GAP);
    row += " ".repeat(GAP);
  }
  return [...rows, indent + row].map((each) => each.trimEnd()).filter((each) => each !== "");
}

/** Returns the lines of groups of words in columns, each after its heading. */
export function groupLines(groups: readonly WordGroup[], width: number): string[] {
  return groups.flatMap(({ heading, words }) => [
    heading,
    ...inColumns(words.map(safeText), width, "  "),
  ]);
}
