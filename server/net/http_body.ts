/**
 * Reads the body of an HTTP request, in pieces. Does not know its meaning.
 *
 * Source: RFC 9112, sections 6 and 7.1.
 *
 * @module
 */

import { concat } from "../../lines.ts";
import type { HttpRequest } from "./http.ts";

/** The source of the body: returns the next bytes, or `null` at the end of the connection. */
export type ReadSome = () => Promise<Uint8Array | null>;

/** The error for a body that is malformed or ends early. */
export class BodyError extends Error {
  /** The name of the class. */
  override readonly name = "BodyError";
}

/** The longest line before a chunk, its extensions included, in bytes. */
const CHUNK_LINE_BYTES = 256;
const LINE_FEED = 0x0a;

/**
 * Returns the number of bytes of the body, or `"chunked"` if the number is not known before the
 * end. Returns `undefined` if the request does not say where the body ends, or says it in two ways.
 * With two ways, an attacker could make a proxy and this server disagree about the end.
 */
export function bodyLength({ headers }: HttpRequest): number | "chunked" | undefined {
  const { "transfer-encoding": coding, "content-length": length } = headers;
  if (coding !== undefined) {
    return coding.toLowerCase() === "chunked" && length === undefined ? "chunked" : undefined;
  }
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/**
 * Yields the bytes of a body. Each piece is valid until the next one is requested.
 *
 * @throws {BodyError} if the body is malformed or ends early.
 */
export async function* readBody(
  length: number | "chunked",
  readSome: ReadSome,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = new BodyReader(readSome);
  if (length !== "chunked") return yield* reader.bytes(length);
  for (let size = await reader.chunkSize(); size > 0; size = await reader.chunkSize()) {
    yield* reader.bytes(size);
    if (await reader.line() !== "") throw new BodyError("a chunk is too long");
  }
}

class BodyReader {
  readonly #readSome: ReadSome;
  #unused: Uint8Array = new Uint8Array(0);

  constructor(readSome: ReadSome) {
    this.#readSome = readSome;
  }

  async *bytes(count: number): AsyncGenerator<Uint8Array, void, void> {
    for (let left = count; left > 0;) {
      if (this.#unused.length === 0) await this.#more();
      const some = this.#unused.subarray(0, left);
      this.#unused = this.#unused.subarray(some.length);
      left -= some.length;
      yield some;
    }
  }

  async chunkSize(): Promise<number> {
    const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(await this.line()) ?? [];
    if (digits === undefined) throw new BodyError("a chunk is malformed");
    return Number.parseInt(digits, 16);
  }

  /** Returns the next line, without its end. */
  async line(): Promise<string> {
    let end = this.#unused.indexOf(LINE_FEED);
    while (end < 0) {
      if (this.#unused.length > CHUNK_LINE_BYTES) throw new BodyError("a chunk is malformed");
      const before = this.#unused.slice();
      await this.#more();
      this.#unused = concat([before, this.#unused]);
      end = this.#unused.indexOf(LINE_FEED);
    }
    const line = this.#unused.subarray(0, end);
    this.#unused = this.#unused.subarray(end + 1);
    return new TextDecoder("latin1").decode(line).replace(/\r$/, "");
  }

  async #more(): Promise<void> {
    const some = await this.#readSome();
    if (some === null) throw new BodyError("the body ends early");
    this.#unused = some;
  }
}
