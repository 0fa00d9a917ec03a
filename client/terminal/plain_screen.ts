/**
 * Draws lines, and the text that the user types, for a screen reader, which reads out all that is
 * written. So nothing is drawn twice, and only text that the user deletes is erased. It takes the
 * place of {@linkcode Screen} and, like it, returns the text to write, and writes nothing itself.
 *
 * @module
 */

import { cells } from "./cells.ts";
import type { Prompt, Screen, Size } from "./screen.ts";

/** The part of a screen that a terminal uses. */
export type Drawing = Pick<
  Screen,
  "size" | "isDrawn" | "print" | "replace" | "erase" | "resize" | "clear"
>;

const CLEAR = "\x1b[H\x1b[2J";
const DELETE_CELL = "\b \b";
const NEXT_ROW = "\r\n";

/** A screen that only adds lines, for one terminal. */
export class PlainScreen implements Drawing {
  #size: Size;
  /** The text in the input line, as far as it was written. */
  #text = "";
  /** The end of the input line, which is on the last row of the terminal. */
  #row = "";
  /** The status that was written last. */
  #status = "";
  /** Always false: nothing has to be drawn again when the terminal changes its size. */
  readonly isDrawn = false;

  /** Begins in an empty row of a terminal of this size. */
  constructor(size: Size) {
    this.#size = size;
  }

  /** The size of the terminal. */
  get size(): Size {
    return this.#size;
  }

  /** Returns the text that writes `lines`, and the changes of the input line. */
  print(lines: readonly string[], { before, after, status = [] }: Prompt): string {
    const text = this.#typed(before + after);
    const next = status.map((segment) => segment.text.trim()).join("  ");
    const isNews = next !== "" && next !== this.#status;
    this.#status = next;
    const all = isNews ? [...lines, next] : lines;
    if (all.length === 0) return text;
    const written = all.flatMap((line) => line.split("\n")).map((line) => line + NEXT_ROW);
    return text + this.erase() + written.join("");
  }

  /** Replaces nothing: written lines stay as they are. */
  replace(): string {
    return "";
  }

  /** Returns the text that ends the row of the input line. */
  erase(): string {
    const end = this.#row === "" ? "" : NEXT_ROW;
    this.#row = "";
    return end;
  }

  /** Notes that the terminal has changed its size, which needs no text. */
  resize(size: Size): string {
    this.#size = size;
    return "";
  }

  /** Returns the text that clears the screen, and writes `lines` and the whole input line. */
  clear(lines: readonly string[], prompt: Prompt): string {
    this.#text = this.#row = "";
    return CLEAR + this.print(lines, prompt);
  }

  /** Returns the text that makes the input line `text`. */
  #typed(text: string): string {
    const known = this.#text;
    this.#text = text;
    if (text.startsWith(known)) {
      const added = text.slice(known.length);
      this.#row += added;
      return added.replaceAll("\n", NEXT_ROW);
    }
    const removed = known.slice(text.length);
    if (text !== "" && known.startsWith(text) && this.#row.endsWith(removed)) {
      this.#row = this.#row.slice(0, -removed.length);
      return DELETE_CELL.repeat(cells(removed));
    }
    const end = this.erase();
    this.#row = text;
    return end + text.replaceAll("\n", NEXT_ROW);
  }
}
