/**
 * Keeps typed texts for the next session, in a file with one text per line, as a JSON string. The
 * file is only a convenience, so errors in reading and writing it are ignored. The caller decides
 * which texts to keep.
 *
 * @module
 */

import { dirname } from "node:path";
import { writeWhole } from "./folder.ts";

/**
 * The largest number of texts that are kept. A file with more than twice as many is shortened when
 * it is read.
 */
const MAX_KEPT = 500;

/** The largest text that is kept, in UTF-16 units. */
const MAX_LENGTH = 4096;

/** The file. Several clients may add to it at once. */
export class TypedTexts {
  readonly #path: string;

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the texts, the latest last. */
  read(): string[] {
    try {
      const lines = Deno.readTextFileSync(this.#path).split("\n").filter((line) => line !== "");
      const kept = lines.slice(-MAX_KEPT);
      if (lines.length > 2 * MAX_KEPT) this.#replace(kept);
      return kept.flatMap(textOf);
    } catch {
      return [];
    }
  }

  /** Adds a text, unless it is too long. */
  add(text: string): void {
    if (text.length > MAX_LENGTH) return;
    try {
      Deno.mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      const line = `${JSON.stringify(text)}\n`;
      Deno.writeTextFileSync(this.#path, line, { append: true, mode: 0o600 });
    } catch {
      // The history is a convenience: errors are ignored.
    }
  }

  #replace(lines: readonly string[]): void {
    writeWhole(this.#path, lines.map((line) => `${line}\n`).join(""));
  }
}

/** Returns the text of a line; none if the line was damaged. */
function textOf(line: string): string[] {
  try {
    const text: unknown = JSON.parse(line);
    return typeof text === "string" ? [text] : [];
  } catch {
    return [];
  }
}
