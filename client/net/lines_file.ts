/**
 * A file of lines that the user can edit, and that several clients may use at once. Does not know
 * what the lines say.
 *
 * @module
 */

import { dirname } from "node:path";
import { UserError } from "../../shared/errors.ts";
import type { FileAction } from "../texts/net.ts";
import { reasonOf, writeWhole } from "./folder.ts";

/** Returns the text of an error of the file at `path`. */
export type FileErrorText = (path: string, action: FileAction, reason: string) => string;

/**
 * The file. It is read at each use. A client that writes holds a lock. Other writers wait for it,
 * so that no change is lost.
 */
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
   * Returns the lines. If the file ends with a line break, as it does unless it was edited by hand,
   * the last of the lines is empty.
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
    this.#lock(() => {
      const start = this.read().at(-1) === "" ? "" : "\n";
      const text = `${start}${line}\n`;
      Deno.writeTextFileSync(this.path, text, { append: true, mode: 0o600 });
    });
  }

  /**
   * Replaces the lines by those that `edit` returns for them. If that fails, the file stays as it
   * was.
   *
   * @throws {UserError} if the file cannot be read or written.
   */
  change(edit: (lines: readonly string[]) => readonly string[]): void {
    this.#lock(() => writeWhole(this.path, edit(this.read()).join("\n")));
  }

  /** Runs `write` while no other client writes the file. */
  #lock(write: () => void): void {
    const folder = dirname(this.path);
    try {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      // `change` replaces the file, and a lock on it would be lost. So the lock is on another file.
      const options = { create: true, write: true, mode: 0o600 };
      using lock = Deno.openSync(`${folder}/lock`, options);
      lock.lockSync(true);
      write();
    } catch (error) {
      throw error instanceof UserError ? error : this.#unusable("write", error);
    }
  }

  #unusable(action: FileAction, error: unknown): UserError {
    return new UserError(this.#errorText(this.path, action, reasonOf(error)));
  }
}
