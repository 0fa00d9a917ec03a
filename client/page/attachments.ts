/**
 * The files that the user is about to send. Does not know how they are shown or sent.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";

/** The files, by the conversations that they are for. */
export class Attachments {
  readonly #files = new Map<Buffer, readonly File[]>();
  readonly #changed: () => void;

  /** Begins without files; calls `changed` after each change. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Returns the files for `buffer`. */
  of(buffer: Buffer): readonly File[] {
    return this.#files.get(buffer) ?? [];
  }

  /** Adds files to those for `buffer`. */
  add(buffer: Buffer, files: readonly File[]): void {
    this.#files.set(buffer, [...this.of(buffer), ...files]);
    this.#changed();
  }

  /** Removes the files for `buffer`. */
  remove(buffer: Buffer): void {
    this.#files.delete(buffer);
    this.#changed();
  }
}
