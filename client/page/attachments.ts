/**
 * The files that the user is about to send, also after a reload. Does not know how they are shown or
 * sent.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { keepFiles, readFiles } from "./kept_files.ts";

/** The files, by the conversations that they are for. */
export class Attachments {
  readonly #files = new Map<Buffer, readonly File[]>();
  readonly #changed: () => void;
  readonly #tell: (text: string) => void;
  /** The files from before a reload that have not changed since, by the names of conversations. */
  readonly #kept = new Map<string, readonly File[]>();

  /**
   * Begins with the files that the browser has kept; calls `changed` after each change, and `tell`
   * with a text for the user.
   */
  constructor(changed: () => void, tell: (text: string) => void) {
    this.#changed = changed;
    this.#tell = tell;
    void readFiles().then((found) => {
      for (const [name, files] of found) this.#kept.set(name, files);
      if (found.size > 0) changed();
    });
  }

  /** Returns the files for `buffer`. */
  of(buffer: Buffer): readonly File[] {
    return this.#files.get(buffer) ?? this.#kept.get(buffer.name) ?? [];
  }

  /** Adds files to those for `buffer`. */
  add(buffer: Buffer, files: readonly File[]): void {
    if (files.length > 0) this.#set(buffer, [...this.of(buffer), ...files]);
  }

  /** Removes the files for `buffer`. */
  remove(buffer: Buffer): void {
    if (this.of(buffer).length > 0) this.#set(buffer, []);
  }

  #set(buffer: Buffer, files: readonly File[]): void {
    this.#files.set(buffer, files);
    this.#changed();
    void keepFiles(buffer.name, files).then((isKept) => {
      if (!isKept) this.#tell(PAGE_TEXTS.filesNotKept);
    });
  }
}
