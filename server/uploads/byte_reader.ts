/**
 * Reads a file from its beginning to its end, in pieces of limited size. Does not know the formats
 * of files.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** The source of the bytes, such as an open file. */
export type ByteSource = Pick<Deno.FsFile, "read">;

/** The destination of the bytes. */
export interface ByteSink {
  /** Writes all of `bytes` at the end. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes `bytes` over those at `position`. */
  overwrite(position: number, bytes: Uint8Array): Promise<void>;
}

/** The error for a file that does not follow its format. */
export class FormatError extends Error {
  /** The name of the class. */
  override readonly name = "FormatError";
}

/** The size of one read. */
const BUFFER_BYTES = 64 * 1024;

/**
 * The number of calls of {@linkcode ByteReader.look} after which other work has a turn. A hostile
 * picture may have a part in every second byte, so reading many parts in one turn would hold up all
 * clients.
 */
const LOOKS = 500;

/** A reader of one file. */
export class ByteReader {
  readonly #source: ByteSource;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;
  #looks = 0;

  /** Reads `source` from its current position. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * Returns the bytes that were read and not taken yet: at least `count`, unless the file ends
   * earlier. They are valid until the next call.
   */
  async look(count = 1): Promise<Uint8Array> {
    if (++this.#looks % LOOKS === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#end - this.#start < count) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      const read = await this.#source.read(this.#buffer.subarray(this.#end));
      if (read === null) break;
      this.#end += read;
    }
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Takes `count` of the bytes that {@linkcode look} has returned. */
  drop(count: number): void {
    this.#start += count;
  }

  /**
   * Takes exactly `count` bytes, at most 64 KiB. They are valid until the next call.
   *
   * @throws {FormatError} if the file ends too early.
   */
  async take(count: number): Promise<Uint8Array> {
    const found = await this.look(count);
    if (found.length < count) throw new FormatError("the file ends early");
    this.drop(count);
    return found.subarray(0, count);
  }

  /**
   * Takes exactly `count` bytes, and writes them to `sink` if there is one.
   *
   * @throws {FormatError} if the file ends too early.
   */
  async pass(count: number, sink?: ByteSink): Promise<void> {
    for (let left = count; left > 0;) {
      const some = (await this.look()).subarray(0, left);
      if (some.length === 0) throw new FormatError("the file ends early");
      await sink?.write(some);
      this.drop(some.length);
      left -= some.length;
    }
  }
}

/** Returns the whole number in the first four bytes, the most significant first. */
export function bigEndian(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Returns bytes as text, one letter for each byte. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Returns the bytes of a text whose letters are below U+0100. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
