/**
 * Reserves disk space, to be released when the disk is full: events that have already happened, and are
 * about to be shown, can then still be stored.
 *
 * @module
 */

/** The size of the reserve: more than the journal and the events of one turn of the event loop. */
const BYTES = 8 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** A file that reserves disk space. */
export class Reserve {
  readonly #path: string;
  #isHeld: boolean;

  /** Manages the reserve in this file, which may exist already. */
  constructor(path: string) {
    this.#path = path;
    this.#isHeld = sizeOf(path) === BYTES;
  }

  /** Releases the space, if it is held. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    remove(this.#path);
  }

  /**
   * Reserves the space, unless it is held.
   *
   * @throws {Error} if the disk does not have that much.
   */
  restore(): void {
    if (this.#isHeld) return;
    try {
      fill(this.#path);
    } catch (error) {
      remove(this.#path);
      throw error;
    }
    this.#isHeld = true;
  }
}

/** Fills the file with random bytes, which no file system can compress. */
function fill(path: string): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const chunk = crypto.getRandomValues(new Uint8Array(CHUNK));
  for (let left = BYTES; left > 0;) left -= file.writeSync(chunk.subarray(0, left));
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The file does not exist.
  }
}
