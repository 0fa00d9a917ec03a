/**
 * Cuts long answers into pages that fit the screen, so that nothing is scrolled out unread.
 * Performs no I/O.
 *
 * @module
 */

import { HELP_TEXTS } from "../texts/help.ts";
import { countRows, wrapped } from "./wrap.ts";

/**
 * The number of rows that a page leaves free, for the prompt, the row of rooms, and the line that
 * says how many lines follow.
 */
const RESERVED = 4;

/** The lines that are still to be shown. */
export class Pager {
  #rest: readonly string[] = [];

  /** Returns the first page of `lines`, for a screen of this size; keeps the other lines. */
  begin(lines: readonly string[], columns: number, rows: number): string[] {
    this.#rest = lines;
    return this.next(columns, rows);
  }

  /** Returns the next page, or a line that says that there is none. */
  next(columns: number, rows: number): string[] {
    if (this.#rest.length === 0) return [HELP_TEXTS.noMore];
    let left = Math.max(1, rows - RESERVED);
    let count = 0;
    for (const line of this.#rest) {
      left -= countRows(`${wrapped(line, columns)}\r\n`, Math.max(1, columns));
      if (left < 0 && count > 0) break;
      count++;
    }
    const page = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    const more = this.#rest.length;
    return more === 0 ? page : [...page, HELP_TEXTS.more(more)];
  }
}
