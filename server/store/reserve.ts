/**
 * Reserves disk space, which is released when the disk is full. Then events that have already
 * happened can still be stored before they are shown.
 *
 * @module
 */

/**
 * The size of the reserve: more than the journal and the events of one turn of the event loop need.
 */
const BYTES = 8 * 1024 * 1024;
const CHUNK = 64 * 1024;

/**
 * A file that reserves disk space. It stays open, because the process may have no file descriptor
 * left later.
 */
export class Reserve implements Disposable {
  readonly #file: Deno.FsFile;
  #isHeld: boolean;

  /**
   * Manages the reserve in this file, which may exist already.
   *
   * @throws {Error} if it cannot be opened.
   */
  constructor(path: string) {
    this.#file = Deno.openSync(path, { write: true, create: true });
    this.#isHeld = this.#file.statSync().size === BYTES;
  }

  /** True while the space is reserved. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Releases the space, if it is held. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#file.truncateSync(0);
  }

  /**
   * Reserves the space, unless it is held.
   *
   * @throws {Error} if the disk does not have that much.
   */
  restore(): void {
    if (this.#isHeld) return;
    try {
      this.#file.truncateSync(0);
      this.#file.seekSync(0, Deno.SeekMode.Start);
      fill(this.#file);
    } catch (error) {
      this.#file.truncateSync(0);
      throw error;
    }
    this.#isHeld = true;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Fills the file with random bytes, which no file system can compress. */
function fill(file: Deno.FsFile): void {
  const chunk = crypto.getRandomValues(new Uint8Array(CHUNK));
  for (let left = BYTES; left > 0;) left -= file.writeSync(chunk.subarray(0, left));
}
