/**
 * Writes to a file in large pieces. Does not know what is written.
 *
 * @module
 */

import type { ByteSink } from "./byte_reader.ts";

/** The file that is written. */
export type WritableFile = Pick<Deno.FsFile, "seek" | "write">;

/** The size of one write. */
const BUFFER_BYTES = 64 * 1024;

/**
 * A sink that gathers small pieces before it writes them to the file: a hostile picture may have
 * millions of parts, and a short write costs as much as a long one.
 */
export class FileSink implements ByteSink {
  readonly #file: WritableFile;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;

  /**
   * Writes to `file` from its current position; {@linkcode FileSink.flush} must be called in the
   * end.
   */
  constructor(file: WritableFile) {
    this.#file = file;
  }

  /** Writes all of `bytes` at the end. Throws the errors of the system. */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length > BUFFER_BYTES - this.#used) await this.flush();
    if (bytes.length > BUFFER_BYTES) return await writeAll(this.#file, bytes);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Writes `bytes` over those at `position`. Throws the errors of the system. */
  async overwrite(position: number, bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#file.seek(position, Deno.SeekMode.Start);
    await writeAll(this.#file, bytes);
    await this.#file.seek(0, Deno.SeekMode.End);
  }

  /** Writes what was gathered. Throws the errors of the system. */
  async flush(): Promise<void> {
    const gathered = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    await writeAll(this.#file, gathered);
  }
}

/** Writes all of `bytes` to `file` at its current position. Throws the errors of the system. */
export async function writeAll(file: WritableFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
