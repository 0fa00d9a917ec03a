/**
 * Remembers the lines above the bottom rows of a terminal while they are certainly on the screen,
 * so that one of them can be drawn again with another text. Performs no I/O.
 *
 * @module
 */

import { surelyRows, wrapped } from "./wrap.ts";
import { cells } from "./cells.ts";

const ESC = "\x1b[";
const ERASE_REST = `${ESC}K`;
const SEQUENCES = /\x1b\[[0-9;]*m|\x1b\]8;;[\x21-\x7e]*\x1b\\/g;
/** The terminal itself finds the way back to the cursor (DEC STD 070, DECSC and DECRC). */
const SAVE = "\x1b7";
const RETURN = "\x1b8";

/** A printed line, and its rows. */
interface Printed {
  readonly line: string;
  readonly rows: readonly string[];
}

/** A line, and the line that takes its place. */
export interface Replacement {
  /** The line as it was printed. */
  readonly line: string;
  /** The other line. */
  readonly by: string;
}

/** The size of a terminal, and the rows that are drawn at its bottom. */
export interface Surroundings {
  /** The number of cells in a row of the terminal. */
  readonly columns: number;
  /** The number of rows of the terminal. */
  readonly rows: number;
  /** The number of rows that are drawn at the bottom. */
  readonly drawn: number;
  /** The number of these rows that are above the cursor. */
  readonly cursorRow: number;
}

/**
 * The printed lines whose positions on the terminal are known: those since the last {@linkcode
 * forget}.
 */
export class PrintedRows {
  /** The latest lines; at most twice as many as the screen has rows. */
  #lines: Printed[] = [];
  /** The largest number of rows that can be empty below the bottom rows. */
  #below = 0;
  /** The number of rows that were added since the bottom rows were drawn. */
  #added = 0;

  /** Forgets all lines, because the terminal may have moved them. */
  forget(): void {
    this.#lines = [];
    this.#below = 0;
    this.#added = 0;
  }

  /** Adds a line that was printed as `rows`; at most `max` lines can be on the screen. */
  add(line: string, rows: readonly string[], max: number): void {
    this.#lines.push({ line, rows });
    // Most calls only add, so that a flood of lines costs little.
    if (this.#lines.length > 2 * max) this.#lines.splice(0, max);
    this.#added += rows.length;
  }

  /** Records that there were `before` bottom rows, and now there are `after`. */
  drawn(before: number, after: number): void {
    this.#below = Math.max(0, this.#below + before - this.#added - after);
    this.#added = 0;
  }

  /**
   * Returns the sequences that draw `by` over each `line` that is certainly on the screen, and then
   * return the cursor to its place. If `by` has fewer rows than `line`, the remaining rows become
   * empty; if it has more, it is not drawn.
   */
  replace({ line, by }: Replacement, surroundings: Surroundings): string {
    const { columns, cursorRow } = surroundings;
    const next = rowsOf(by, columns);
    let above = 0;
    let drawn = "";
    for (let at = this.#lines.length - 1; at >= 0; at--) {
      const printed = this.#lines[at];
      const rows = printed && surelyRows(printed.rows, columns);
      if (!printed || rows === undefined) break;
      above += rows;
      if (above + surroundings.drawn + this.#below > surroundings.rows) break;
      if (printed.line !== line) continue;
      const all = fitting(next, printed.rows, rows);
      if (!all) continue;
      this.#lines[at] = { line: by, rows: all };
      drawn += over(all, above + cursorRow, columns);
    }
    return drawn;
  }
}

/** Returns the rows of a line of text, which may have line ends. */
export function rowsOf(line: string, columns: number): string[] {
  return line.split("\n").flatMap((each) => wrapped(each, columns).split("\r\n"));
}

/**
 * Returns the rows of `next`, filled up to take the place of `old`, which takes `count` rows on the
 * screen; undefined if they do not fit.
 */
function fitting(
  next: readonly string[],
  old: readonly string[],
  count: number,
): readonly string[] | undefined {
  // The same text takes the same rows, also if the terminal itself has wrapped it.
  if (next.map(visible).join("\n") === old.map(visible).join("\n")) return next;
  if (count !== old.length || next.length > count) return undefined;
  return [...next, ...Array.from({ length: count - next.length }, () => "")];
}

function visible(row: string): string {
  return row.replace(SEQUENCES, "");
}

/**
 * Returns the sequences that draw `rows`, the first one `above` rows above the cursor, and that
 * return the cursor to its place.
 */
function over(rows: readonly string[], above: number, columns: number): string {
  // After a character in the last cell, terminals differ in the cell that they erase.
  const drawn = rows.map((row) => cells(visible(row)) < columns ? row + ERASE_REST : row);
  return `${SAVE}\r${ESC}${above}A${drawn.join(`\r${ESC}1B`)}${RETURN}`;
}
