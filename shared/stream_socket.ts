/**
 * Gives a Node stream the interface of Deno's connections. Does not know the content or the source of
 * the stream.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { ReadQueue } from "./read_queue.ts";

/** A Node stream as a connection; `server/net/socket_stream.ts` does the reverse. */
export class StreamSocket {
  readonly #stream: Duplex;
  readonly #received: ReadQueue;

  /** Takes over `stream`. */
  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#received = new ReadQueue(stream);
    const received = this.#received;
    stream.on("data", (chunk: Uint8Array) => received.push(chunk));
    stream.on("end", () => received.end(null));
    stream.on("error", (error) => received.end(error));
    stream.on("close", () => received.end(new Error("the connection is closed")));
    // It may have been paused since it was accepted.
    stream.resume();
  }

  /** The number of bytes that were received and not yet read. */
  get unread(): number {
    return this.#stream.readableLength + this.#received.length;
  }

  /** Reads into `into`; resolves to the number of bytes, or to `null` if the peer has ended. */
  read(into: Uint8Array): Promise<number | null> {
    return this.#received.read(into);
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
