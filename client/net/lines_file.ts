/**
 * A file of lines that the user can edit, and that several clients may use at once. Does not know
 * what the lines say.
 *
 * @module
 */

import { dirname } from "node:path";
import { UserError } from "../../shared/errors.ts";
import type { FileAction } from "../texts/net.ts";
import { reasonOf } from "./folder.ts";

/** Returns the text of an error of the file at `path`. */
export type FileErrorText = (path: string, action: FileAction, reason: string) => string;

/** The file. It is read at each use. */
export class LinesFile {
  /** The path of the file. */
  readonly path: string;
  readonly #errorText: FileErrorText;

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string, errorText: FileErrorText) {
    this.path = path;
    this.#errorText = errorText;
  }

  /**
   * Returns the lines. The last one is empty, unless it was written by hand without its end.
   *
   * @throws {UserError} if the file exists and cannot be read.
   */
  read(): string[] {
    try {
      return Deno.readTextFileSync(this.path).split("\n");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [""];
      throw this.#unusable("read", error);
    }
  }

  /**
   * Adds a line; the others stay unchanged.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  add(line: string): void {
    const start = this.read().at(-1) === "" ? "" : "\n";
    this.#write(() => {
      const text = `${start}${line}\n`;
      Deno.writeTextFileSync(this.path, text, { append: true, mode: 0o600 });
    });
  }

  /**
   * Replaces all lines, as {@linkcode read} returns them, completely or not at all.
   *
   * @throws {UserError} if the file cannot be written.
   */
  replace(lines: readonly string[]): void {
    const draft = `${this.path}.${crypto.randomUUID()}`;
    this.#write(() => {
      Deno.writeTextFileSync(draft, lines.join("\n"), { createNew: true, mode: 0o600 });
      Deno.renameSync(draft, this.path);
    });
  }

  #write(write: () => void): void {
    try {
      Deno.mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      write();
    } catch (error) {
      throw this.#unusable("write", error);
    }
  }

  #unusable(action: FileAction, error: unknown): UserError {
    return new UserError(this.#errorText(this.path, action, reasonOf(error)));
  }
}
