/**
 * A stream of Node's, read and written as Deno's connections are. Knows nothing of what is said on
 * it, nor of how it came to be.
 *
 * @module
 */

import type { Duplex } from "node:stream";

/** A stream as a connection; `server/net/socket_stream.ts` is the reverse. */
export class StreamSocket {
  readonly #stream: Duplex;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What came and did not fit into what it was to be read into. */
  #rest: Uint8Array = new Uint8Array();

  /** Takes over `stream`, whose errors are for others to hear of. */
  constructor(stream: Duplex) {
    this.#stream = stream;
    // Or an end of what comes would end what goes as well.
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  /** Bytes that came and that nobody has read. */
  get unread(): number {
    return this.#stream.readableLength + this.#rest.length;
  }

  /** Resolves to how many bytes came, or `null` when the other side has ended. */
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

  /** Writes all of `bytes`; resolves to how many that is once they are on their way. */
  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  /** Ends this direction only. */
  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  /** Ends reads and writes under way. */
  close(): void {
    this.#stream.destroy();
  }
}
