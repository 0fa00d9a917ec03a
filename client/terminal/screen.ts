/**
 * The bottom rows of a terminal: the line being typed stays whole there, whatever is printed above
 * it. It makes the escape sequences and knows where it has drawn; it writes nothing itself. The
 * terminal's own scrollback keeps what was printed.
 *
 * How it stays right on terminals that disagree about how wide a character is: rows end one cell
 * before the edge and are drawn with automatic wrapping off, and the cursor's column is then set
 * absolutely. Rows are erased with EL, since some terminals push what ED erases into the scrollback.
 *
 * @module
 */

import { cells, type Layout, layOut } from "./cells.ts";

/** What is at the bottom of the screen. */
export interface Prompt {
  /** What stands before the text. */
  readonly label: string;
  /** The text before the cursor. */
  readonly before: string;
  /** The text behind it. */
  readonly after: string;
}

/** The terminal's size. */
export interface Size {
  /** Cells in a row. */
  readonly columns: number;
  /** Rows on the screen. */
  readonly rows: number;
}

/** Rows that the line being typed may take; of a longer one the part around the cursor is shown. */
const MOST_ROWS = 10;

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
  /** What is drawn. */
  #drawn: Layout = NOTHING;

  /** Nothing is drawn yet. */
  constructor(size: Size) {
    this.#size = size;
  }

  /** What to write so that `lines` stand above the prompt, and the prompt as it is to be. */
  print(lines: readonly string[], prompt: Prompt): string {
    return CURSOR_OFF + this.erase() + lines.map((line) => `${line}\r\n`).join("") +
      this.#draw(prompt) + CURSOR_ON;
  }

  /** What to write so that the bottom rows are gone and the cursor is where they began. */
  erase(): string {
    const { rows, cursorRow } = this.#drawn;
    this.#drawn = NOTHING;
    if (rows.length === 0) return "";
    const steps = Array.from(rows, () => ERASE_ROW).join(down(1));
    return "\r" + up(cursorRow) + steps + up(rows.length - 1);
  }

  /** What to write when the terminal has a new size. */
  resize(size: Size, prompt: Prompt): string {
    this.#size = size;
    this.#drawn = reflowed(this.#drawn, size.columns);
    return this.print([], prompt);
  }

  /** What to write to have an empty screen but for the prompt. */
  clear(prompt: Prompt): string {
    this.#drawn = NOTHING;
    return `${ESC}H${ESC}2J${this.print([], prompt)}`;
  }

  #draw({ label, before, after }: Prompt): string {
    const width = Math.max(this.#size.columns - 1, 2);
    const layout = layOut(fitting(label, width) + before, after, width);
    this.#drawn = visible(layout, Math.max(1, Math.min(MOST_ROWS, this.#size.rows - 1)));
    const { rows, cursorRow, cursorColumn } = this.#drawn;
    const drawn = rows.map((row) => row + ERASE_REST).join("\r\n");
    return WRAP_OFF + drawn + WRAP_ON + up(rows.length - 1 - cursorRow) + toColumn(cursorColumn);
  }
}

/** A label leaves at least half of the row to the text. */
function fitting(label: string, width: number): string {
  return cells(label) > width / 2 ? "> " : label;
}

/** At most `count` rows, among them the cursor's. */
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
 * Where rows are after the terminal became `columns` wide: those that are wider now take several.
 * The cursor's own row is taken not to: some terminals leave it alone. Where that is wrong, a piece
 * of the old row stays on the screen; the other way round, somebody's message would be erased.
 */
function reflowed({ rows, cursorRow, cursorColumn }: Layout, columns: number): Layout {
  const pieces = (row: string) => Math.max(1, Math.ceil(cells(row) / columns));
  const above = rows.slice(0, cursorRow).reduce((sum, row) => sum + pieces(row), 0);
  const below = rows.slice(cursorRow + 1).reduce((sum, row) => sum + pieces(row), 0);
  const count = rows.length === 0 ? 0 : above + 1 + below;
  return { rows: Array.from({ length: count }, () => ""), cursorRow: above, cursorColumn };
}
