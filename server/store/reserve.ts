/**
 * Room on the disk that is held so that it can be given back when the disk is full: what has happened
 * by then, and is about to be shown, can still be kept.
 *
 * @module
 */

/** More than waits in the journal and happens in one turn of the event loop. */
const BYTES = 8 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** A file that only takes room; see the module. */
export class Reserve {
  readonly #path: string;
  #isHeld: boolean;

  /** The reserve in that file, which may be there from before. */
  constructor(path: string) {
    this.#path = path;
    this.#isHeld = sizeOf(path) === BYTES;
  }

  /** Gives the room back, if it is held. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    remove(this.#path);
  }

  /**
   * Takes the room, unless it is held.
   *
   * @throws {Error} if there is not as much.
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

/** With what no file system can make smaller. */
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
    // It is not there.
  }
}
