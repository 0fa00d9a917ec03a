/**
 * Draws the bottom rows of a terminal, where the input line stays whole while lines are printed
 * above it. This module returns escape sequences, and remembers the drawn rows; it writes nothing
 * itself. Printed lines go to the terminal's own scrollback.
 *
 * Terminals disagree about the width of some characters. So rows end one cell before the edge and
 * are drawn without automatic wrapping. The terminal itself finds the place of the cursor: it draws
 * the text before the cursor, saves the position, draws the rest and returns. Rows are erased with
 * EL, since some terminals move text that ED erases into the scrollback.
 *
 * @module
 */

import { cells, type Layout, layOut, leastCells } from "./cells.ts";
import { PrintedRows, type Replacement, rowsOf } from "./printed_rows.ts";
import { countRows } from "./wrap.ts";

/** A part of a row. */
export interface Segment {
  /** The text. */
  readonly text: string;
  /** Marks the text, without changing its width. */
  readonly paint?: (text: string) => string;
}

/** The content of the bottom rows. */
export interface Prompt {
  /** The label before the text. */
  readonly label: string;
  /** The text before the cursor. */
  readonly before: string;
  /** The text after the cursor. */
  readonly after: string;
  /** The row above the label; it must fit. If it is empty or absent, there is no such row. */
  readonly status?: readonly Segment[];
  /**
   * Lines above the label that are not final, and therefore not in the scrollback; none if absent.
   */
  readonly above?: readonly string[];
  /** Marks a row of {@linkcode above}, without changing its width. */
  readonly paint?: (row: string) => string;
}

/** The size of a terminal. */
export interface Size {
  /** The number of cells in a row. */
  readonly columns: number;
  /** The number of rows. */
  readonly rows: number;
}

/** The position of the cursor as a terminal reports it, from 1. */
export interface Position {
  /** The row, from the top of the screen. */
  readonly row: number;
  /** The column. */
  readonly column: number;
}

/**
 * The largest number of rows of the input line; of a longer line, the part around the cursor is
 * drawn.
 */
const MAX_ROWS = 10;

/**
 * The number of rows of the input line that are drawn even on a low screen, if they fit into half
 * of it.
 */
const MIN_ROWS = 5;

/** The largest number of rows above the input line; of more rows, the first are drawn. */
const MAX_ROWS_ABOVE = 5;

const ESC = "\x1b[";
const ERASE_ROW = `${ESC}2K`;
const ERASE_REST = `${ESC}K`;
const WRAP_OFF = `${ESC}?7l`;
const WRAP_ON = `${ESC}?7h`;
/** The sequence that continues a row in the next one, as if the text had reached the edge. */
const CONTINUE = `${WRAP_ON}${ESC}9999C  \r${WRAP_OFF}`;
const CURSOR_OFF = `${ESC}?25l`;
const CURSOR_ON = `${ESC}?25h`;
/**
 * The sequences that save the position of the cursor, and return to it. In some terminals, they
 * also affect automatic wrapping (DEC STD 070, DECSC).
 */
const SAVE = "\x1b7";
const RETURN = "\x1b8";

const up = (rows: number) => rows > 0 ? `${ESC}${rows}A` : "";
const down = (rows: number) => rows > 0 ? `${ESC}${rows}B` : "";

const NOTHING: Layout = { rows: [], cursorRow: 0, cursorAt: 0 };

/** The bottom rows of one terminal. */
export class Screen {
  #size: Size;
  /** The rows that are drawn. */
  #drawn: Layout = NOTHING;
  /**
   * The largest number of rows that the screen can have above the drawn ones; infinity if unknown.
   */
  #above = Infinity;
  /** True after a clear: the input line then goes to the last row, below empty rows. */
  #isCleared = false;
  /** True once the terminal has wrapped the row of the cursor; not all terminals do. */
  #wrapsCursorRow = false;
  readonly #printed = new PrintedRows();

  /** Creates an empty screen of this size. */
  constructor(size: Size) {
    this.#size = size;
  }

  /** The size of the terminal. */
  get size(): Size {
    return this.#size;
  }

  /** Returns the sequences that print `lines` and draw the prompt below them. */
  print(lines: readonly string[], prompt: Prompt): string {
    const { columns } = this.#size;
    const before = this.#drawn.rows.length;
    let text = "";
    for (const line of lines) {
      const rows = rowsOf(line, columns);
      this.#printed.add(line, rows, this.#size.rows);
      text += `${rows.join("\r\n")}\r\n`;
    }
    if (this.#above < Infinity) this.#above += countRows(text, columns);
    const drawn = CURSOR_OFF + this.erase() + text + this.#draw(prompt) + CURSOR_ON;
    this.#printed.drawn(before, this.#drawn.rows.length);
    return drawn;
  }

  /** Returns the sequences that make `replacement` wherever its line is certainly on the screen. */
  replace(replacement: Replacement): string {
    const { rows, cursorRow } = this.#drawn;
    const surroundings = { ...this.#size, drawn: rows.length, cursorRow };
    const drawn = this.#printed.replace(replacement, surroundings);
    return drawn === "" ? "" : CURSOR_OFF + drawn + CURSOR_ON;
  }

  /** Returns the sequences that erase the drawn rows and move the cursor to the first of them. */
  erase(): string {
    const { rows, cursorRow } = this.#drawn;
    this.#drawn = NOTHING;
    if (rows.length === 0) return "";
    const steps = Array.from(rows, () => ERASE_ROW).join(down(1));
    return "\r" + up(cursorRow) + steps + up(rows.length - 1);
  }

  /** True if rows are drawn. */
  get isDrawn(): boolean {
    return this.#drawn.rows.length > 0;
  }

  /**
   * Returns the sequences that erase the drawn rows after the terminal has changed its size, and
   * move the cursor to the first of them. The position of the `cursor`, if it is known, tells how
   * the terminal has wrapped the rows.
   */
  resize(size: Size, cursor?: Position): string {
    this.#size = size;
    const above = this.#rowsAbove(size.columns, cursor);
    const { isDrawn } = this;
    this.#drawn = NOTHING;
    this.#isCleared = false;
    this.#above = isDrawn && cursor ? Math.max(0, cursor.row - 1 - above) : Infinity;
    this.#printed.forget();
    if (!isDrawn) return CURSOR_OFF;
    return CURSOR_OFF + deleteBelow(above, size);
  }

  /**
   * Returns the number of rows from the first drawn row to the cursor, after the terminal has
   * become `columns` wide. A row that is wider than that takes several rows. Characters count with
   * the least width that a terminal gives them. Without the position of the `cursor`, the cursor's
   * own row counts as one row. A piece of this row may then stay on the screen, but a higher number
   * could erase a message.
   */
  #rowsAbove(columns: number, cursor: Position | undefined): number {
    const { rows, cursorRow, cursorAt } = this.#drawn;
    const pieces = (row: string) => Math.max(1, Math.ceil(leastCells(row, columns) / columns));
    const above = rows.slice(0, cursorRow).reduce((sum, row) => sum + pieces(row), 0);
    const before = (rows[cursorRow] ?? "").slice(0, cursorAt);
    if (cells(before) < columns || !cursor) return above;
    // A terminal that cuts the row leaves the cursor at its end.
    const isAtEnd = cursor.column >= columns;
    const wrapped = Math.ceil((leastCells(before, columns) - cursor.column + 1) / columns);
    if (!isAtEnd && wrapped > 0) this.#wrapsCursorRow = true;
    return above + (this.#wrapsCursorRow ? Math.max(0, wrapped) : 0);
  }

  /** Returns the sequences that clear the screen, print `lines` and draw the prompt. */
  clear(lines: readonly string[], prompt: Prompt): string {
    this.#drawn = NOTHING;
    this.#isCleared = true;
    this.#above = 0;
    this.#printed.forget();
    return `${ESC}H${ESC}2J${this.print(lines, prompt)}`;
  }

  #draw({ label, before, after, status = [], above = [], paint = (row) => row }: Prompt): string {
    const width = Math.max(this.#size.columns - 1, 2);
    const layout = layOut(fitting(label, width) + before, after, width);
    const row = status.map(({ text }) => text).join("");
    const input = visible(layout, rowsOfInput(this.#size.rows, row !== ""));
    const hasStatus = row !== "" && input.rows.length + 1 < this.#size.rows;
    const top = hasStatus ? [row] : [];
    const half = Math.floor(this.#size.rows / 2);
    const free = Math.min(MAX_ROWS_ABOVE, half - input.rows.length - top.length);
    const lines = firstRows(above, width, Math.max(0, free));
    const taken = lines.length + top.length + input.rows.length;
    const empty = Array.from({ length: this.#emptyRows(taken) }, () => "");
    const cursorRow = empty.length + lines.length + top.length + input.cursorRow;
    const rows = [...empty, ...lines, ...top, ...input.rows];
    this.#drawn = { rows, cursorRow, cursorAt: input.cursorAt };
    this.#above = this.#above < this.#size.rows
      ? Math.min(this.#above, this.#size.rows - rows.length)
      : Infinity;
    const painted = hasStatus ? [status.map(paintSegment).join("")] : [];
    const drawn = [...empty, ...lines.map(paint), ...painted, ...input.rows];
    return WRAP_OFF + drawRows(drawn, cursorRow, input.cursorAt) + WRAP_ON;
  }

  /**
   * Returns the number of empty rows to be drawn above `taken` rows. A terminal that becomes half
   * as wide wraps rows, and may keep all rows below the input line. Then it moves one row into the
   * scrollback for each row that wraps. So there are at least as many rows above the bottom rows as
   * there are bottom rows.
   */
  #emptyRows(taken: number): number {
    const needed = this.#isCleared ? this.#size.rows - taken : taken;
    return Math.max(0, needed - this.#above);
  }
}

/**
 * Returns the sequences that draw `rows`, and leave the cursor in its row after `at` UTF-16 units.
 */
function drawRows(rows: readonly string[], cursorRow: number, at: number): string {
  const last = rows.length - 1;
  // The screen scrolls first, because the saved position belongs to the screen.
  const space = "\r\n".repeat(last) + up(last);
  const [row = ""] = rows.slice(cursorRow);
  const before = rows.slice(0, cursorRow).map((each) => `${each + ERASE_REST}\r${down(1)}`);
  const drawn = row.slice(0, at) + SAVE + row.slice(at) + ERASE_REST;
  // `CONTINUE` makes one line of the rows. An empty row would end this line.
  const after = rows.slice(cursorRow + 1).map((each) => CONTINUE + (each || " ") + ERASE_REST);
  return space + before.join("") + drawn + after.join("") + RETURN;
}

/**
 * Returns the sequences that delete the `above` rows over the cursor and all rows below them, and
 * move the cursor to the first deleted row. When the terminal becomes wider, it may join erased
 * rows to other rows, but not deleted rows. The cursor moves by a number of rows, because the
 * terminal may have moved it after reporting its position.
 */
function deleteBelow(above: number, { rows }: Size): string {
  return `\r${up(above)}${ESC}${rows}M`;
}

function paintSegment({ text, paint }: Segment): string {
  return paint ? paint(text) : text;
}

/**
 * Returns the first rows of `lines`, at most `count`; the last row is `…` if there are more rows.
 */
function firstRows(lines: readonly string[], width: number, count: number): string[] {
  const rows = lines.slice(0, count + 1).flatMap((line) => layOut("", line, width).rows);
  return rows.length <= count ? rows : [...rows.slice(0, count - 1), "…"].slice(0, count);
}

/** Returns `label`, or a short label if it would take more than half of the row. */
function fitting(label: string, width: number): string {
  return cells(label) > width / 2 ? "> " : label;
}

/**
 * Returns the largest number of rows of the input line. A terminal that becomes narrower wraps each
 * row, and moves the rows that no longer fit into the scrollback, where nothing can be erased. So
 * the bottom rows take at most half of the screen. On a high screen, the input line and the status
 * row take a quarter: they still fit if the terminal becomes half as wide and half as high.
 */
function rowsOfInput(rows: number, hasStatus: boolean): number {
  const quarter = Math.floor(rows / 4) - (hasStatus ? 1 : 0);
  const half = Math.floor(rows / 2) - 1;
  return Math.max(1, Math.min(MAX_ROWS, half, Math.max(MIN_ROWS, quarter)));
}

/** Returns at most `count` rows of a layout, around the cursor. */
function visible({ rows, cursorRow, cursorAt }: Layout, count: number): Layout {
  const last = Math.max(0, rows.length - count);
  const first = Math.min(last, Math.max(0, cursorRow - Math.floor(count / 2)));
  return {
    rows: rows.slice(first, first + count),
    cursorRow: cursorRow - first,
    cursorAt,
  };
}
