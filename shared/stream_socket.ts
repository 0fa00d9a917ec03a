/**
 * Gives a Node stream the interface of Deno's connections. Does not know the content or the source of
 * the stream.
 *
 * @module
 */

import type { Duplex } from "node:stream";

/** A Node stream as a connection; `server/net/socket_stream.ts` does the reverse. */
export class StreamSocket {
  readonly #stream: Duplex;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** The bytes that did not fit into the reader's buffer. */
  #rest: Uint8Array = new Uint8Array();

  /** Takes over `stream`; the caller handles its errors. */
  constructor(stream: Duplex) {
    this.#stream = stream;
    // Otherwise the end of the incoming data would close the outgoing direction, too.
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  /** The number of bytes that were received and not yet read. */
  get unread(): number {
    return this.#stream.readableLength + this.#rest.length;
  }

  /** Reads into `into`; resolves to the number of bytes, or to `null` if the peer has ended. */
  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, into.length);
    this.#rest = this.#rest.subarray(part.length);
    into.set(part);
    return part.length;
  }

  /** Writes all of `bytes`; resolves to their number once the stream has written them. */
  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  /** Closes the outgoing direction only. */
  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  /** Closes the connection; reads and writes in progress end. */
  close(): void {
    this.#stream.destroy();
  }
}
