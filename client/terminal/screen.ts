/**
 * Draws the bottom rows of a terminal, where the input line stays whole while lines are printed above
 * it. This module returns escape sequences, and remembers what is drawn; it writes nothing itself.
 * Printed lines go to the terminal's own scrollback.
 *
 * Terminals disagree about the width of some characters. So rows end one cell before the edge, are
 * drawn without automatic wrapping, and the column of the cursor is then set absolutely. Rows are
 * erased with EL, since some terminals move text that ED erases into the scrollback.
 *
 * @module
 */

import { cells, type Layout, layOut } from "./cells.ts";

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
  /** The row above the label, which must fit; none if it is empty or absent. */
  readonly status?: readonly Segment[];
  /** Lines above the label that are not final, and so no part of the scrollback; none if absent. */
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

/** The largest number of rows of the input line; of a longer line, the part around the cursor is drawn. */
const MAX_ROWS = 10;

/** The largest number of rows above the input line; of more rows, the first are drawn. */
const MAX_ROWS_ABOVE = 5;

const ESC = "\x1b[";
const ERASE_ROW = `${ESC}2K`;
const ERASE_REST = `${ESC}K`;
const WRAP_OFF = `${ESC}?7l`;
const WRAP_ON = `${ESC}?7h`;
const CURSOR_OFF = `${ESC}?25l`;
const CURSOR_ON = `${ESC}?25h`;

const up = (rows: number) => rows > 0 ? `${ESC}${rows}A` : "";
const down = (rows: number) => rows > 0 ? `${ESC}${rows}B` : "";
const toColumn = (column: number) => `${ESC}${column + 1}G`;

const NOTHING: Layout = { rows: [], cursorRow: 0, cursorColumn: 0 };

/** The bottom rows of one terminal. */
export class Screen {
  #size: Size;
  /** The rows that are drawn. */
  #drawn: Layout = NOTHING;

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
    return CURSOR_OFF + this.erase() + lines.map((line) => `${line}\r\n`).join("") +
      this.#draw(prompt) + CURSOR_ON;
  }

  /** Returns the sequences that erase the drawn rows and move the cursor to the first of them. */
  erase(): string {
    const { rows, cursorRow } = this.#drawn;
    this.#drawn = NOTHING;
    if (rows.length === 0) return "";
    const steps = Array.from(rows, () => ERASE_ROW).join(down(1));
    return "\r" + up(cursorRow) + steps + up(rows.length - 1);
  }

  /** Returns the sequences that draw the prompt again after the terminal has changed its size. */
  resize(size: Size, prompt: Prompt): string {
    this.#size = size;
    this.#drawn = reflowed(this.#drawn, size.columns);
    return this.print([], prompt);
  }

  /** Returns the sequences that clear the screen and draw the prompt. */
  clear(prompt: Prompt): string {
    this.#drawn = NOTHING;
    return `${ESC}H${ESC}2J${this.print([], prompt)}`;
  }

  #draw({ label, before, after, status = [], above = [], paint = (row) => row }: Prompt): string {
    const width = Math.max(this.#size.columns - 1, 2);
    const layout = layOut(fitting(label, width) + before, after, width);
    const input = visible(layout, Math.max(1, Math.min(MAX_ROWS, this.#size.rows - 1)));
    const row = status.map(({ text }) => text).join("");
    const hasStatus = row !== "" && input.rows.length + 1 < this.#size.rows;
    const top = hasStatus ? [row] : [];
    const free = Math.min(MAX_ROWS_ABOVE, this.#size.rows - 1 - input.rows.length - top.length);
    const lines = firstRows(above, width, Math.max(0, free));
    this.#drawn = {
      rows: [...lines, ...top, ...input.rows],
      cursorRow: lines.length + top.length + input.cursorRow,
      cursorColumn: input.cursorColumn,
    };
    const { rows, cursorRow, cursorColumn } = this.#drawn;
    const painted = hasStatus ? [status.map(paintSegment).join("")] : [];
    const drawn = [...lines.map(paint), ...painted, ...input.rows].map((row) => row + ERASE_REST)
      .join("\r\n");
    return WRAP_OFF + drawn + WRAP_ON + up(rows.length - 1 - cursorRow) + toColumn(cursorColumn);
  }
}

function paintSegment({ text, paint }: Segment): string {
  return paint ? paint(text) : text;
}

/** Returns the first rows of `lines`, at most `count`; the last one is `…` if there are more. */
function firstRows(lines: readonly string[], width: number, count: number): string[] {
  const rows = lines.slice(0, count + 1).flatMap((line) => layOut("", line, width).rows);
  return rows.length <= count ? rows : [...rows.slice(0, count - 1), "…"].slice(0, count);
}

/** Returns `label`, or a short one if it would take more than half of the row. */
function fitting(label: string, width: number): string {
  return cells(label) > width / 2 ? "> " : label;
}

/** Returns at most `count` rows of a layout, around the cursor. */
function visible({ rows, cursorRow, cursorColumn }: Layout, count: number): Layout {
  const last = Math.max(0, rows.length - count);
  const first = Math.min(last, Math.max(0, cursorRow - Math.floor(count / 2)));
  return {
    rows: rows.slice(first, first + count),
    cursorRow: cursorRow - first,
    cursorColumn,
  };
}

/**
 * Returns the drawn rows after the terminal became `columns` wide: a row that is wider takes several.
 * The cursor's own row is assumed to stay one row, because some terminals do not wrap it. If that is
 * wrong, a piece of the old row stays on the screen. The opposite assumption could erase a message.
 */
function reflowed({ rows, cursorRow, cursorColumn }: Layout, columns: number): Layout {
  const pieces = (row: string) => Math.max(1, Math.ceil(cells(row) / columns));
  const above = rows.slice(0, cursorRow).reduce((sum, row) => sum + pieces(row), 0);
  const below = rows.slice(cursorRow + 1).reduce((sum, row) => sum + pieces(row), 0);
  const count = rows.length === 0 ? 0 : above + 1 + below;
  return { rows: Array.from({ length: count }, () => ""), cursorRow: above, cursorColumn };
}
