/**
 * Gives a Node stream the interface of Deno's connections. Does not know the content or the source
 * of the stream.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { ReadQueue, type Source } from "./read_queue.ts";
import type { Socket } from "./socket.ts";

/** A Node stream as a connection. */
export class StreamSocket implements Socket {
  readonly #stream: Duplex;
  readonly #received: ReadQueue;
  /** Rejects the write in progress; has no effect if there is none. */
  #failWrite: (error: Error) => void = () => {};

  /**
   * Takes over `stream`. To pause and resume it, calls `source`, which is the stream by default. If
   * the socket does not read ahead, the stream must be paused already.
   */
  constructor(
    stream: Duplex,
    { source = stream, readsAhead = true }: {
      readonly source?: Source;
      readonly readsAhead?: boolean;
    } = {},
  ) {
    this.#stream = stream;
    this.#received = new ReadQueue(source);
    stream.on("data", this.#onData);
    stream.on("end", this.#onEnd);
    stream.on("error", this.#onError);
    stream.on("close", this.#onClose);
    if (!readsAhead) this.readAhead(false);
    // It may have been paused since it was accepted.
    else stream.resume();
  }

  /** Sets whether the socket also receives while no read waits; by default, it does. */
  readAhead(isWanted: boolean): void {
    this.#received.readAhead(isWanted);
  }

  /** Reads into `into`; resolves to the number of bytes, or to `null` if the peer has ended. */
  read(into: Uint8Array): Promise<number | null> {
    return this.#received.read(into);
  }

  /** Writes all of `bytes`; resolves to their number once the stream has written them. */
  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#stream.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  /** Closes the outgoing direction only. */
  closeWrite(): Promise<void> {
    // A stream that is closed never calls back.
    if (this.#stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stream.once("close", resolve);
      this.#stream.end(resolve);
    });
  }

  /** Closes the connection; reads and writes in progress end. */
  close(): void {
    this.#stream.destroy();
  }

  /** Gives the stream to a library that reads it; see {@linkcode Socket.release}. */
  release(begun: Uint8Array): Duplex | undefined {
    const stream = this.#stream;
    const unread = this.#received.rest(begun);
    if (unread === undefined) return undefined;
    // The other listeners stay: without one for errors, an error would end the process.
    stream.off("data", this.#onData);
    stream.pause();
    if (unread.length > 0) stream.unshift(unread);
    return stream;
  }

  readonly #onData = (chunk: Uint8Array): void => this.#received.push(chunk);

  readonly #onEnd = (): void => this.#received.end(null);

  readonly #onError = (error: Error & { readonly code?: string }): void => {
    const isReset = error.code === "ECONNRESET";
    this.#received.end(isReset ? new Deno.errors.ConnectionReset(error.message) : error);
  };

  readonly #onClose = (): void => {
    const closed = new Error("the connection is closed");
    this.#received.end(closed);
    this.#failWrite(closed);
  };
}
