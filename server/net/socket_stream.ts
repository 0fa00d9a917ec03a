/**
 * Wraps a socket as a Node stream, for libraries that need one. Does not know the content.
 *
 * @module
 */

import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import type { Socket } from "../../shared/socket.ts";

/** The size of one read. */
const BUFFER_BYTES = 4 * 1024;

/** A socket as a Node stream. */
export interface SocketStream extends Duplex {
  /** The number of bytes that were received and passed on. */
  readonly taken: number;
  /** Resolves when something is first written. */
  readonly answered: Promise<void>;
  /** Resumes reading if `isFull` no longer returns true. */
  proceed(): void;
}

/**
 * Returns a stream of `begun`, which was already read from `socket`, and of all that follows. Reads
 * nothing while `isFull` returns true, because the library on top of the stream may have no limit.
 */
export function streamOf(socket: Socket, begun: Uint8Array, isFull: () => boolean): SocketStream {
  return new Stream(socket, begun, isFull);
}

class Stream extends Duplex implements SocketStream {
  taken = 0;
  readonly answered: Promise<void>;
  readonly #answer: () => void;
  readonly #socket: Socket;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #isFull: () => boolean;
  #begun: Uint8Array | undefined;
  #isHeld = false;

  constructor(socket: Socket, begun: Uint8Array, isFull: () => boolean) {
    super({ readableHighWaterMark: BUFFER_BYTES, writableHighWaterMark: BUFFER_BYTES });
    this.#socket = socket;
    if (begun.length > 0) this.#begun = begun;
    this.#isFull = isFull;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.answered = promise;
    this.#answer = resolve;
  }

  proceed(): void {
    if (!this.#isHeld || this.#isFull()) return;
    this.#isHeld = false;
    this.#pull();
  }

  override _read(): void {
    const begun = this.#begun;
    this.#isHeld = begun === undefined && this.#isFull();
    if (this.#isHeld) return;
    if (begun === undefined) return this.#pull();
    this.#begun = undefined;
    // Waits until a TLSSocket has started. Before, it throws the error of a bad handshake where
    // nothing can catch it.
    setImmediate(() => this.#passOn(begun));
  }

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#answer();
    // Nearly all writes end here; another promise for each would take a twentieth of their time.
    this.#socket.write(chunk).then((count) => {
      if (count === chunk.length) done();
      else this.#writeAll(chunk.subarray(count)).then(() => done(), done);
    }, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.close();
    done(error);
  }

  #pull(): void {
    this.#socket.read(this.#buffer).then(
      (count) => this.#passOn(count === null ? null : this.#buffer.slice(0, count)),
      (error) => this.destroy(error),
    );
  }

  #passOn(chunk: Uint8Array | null): void {
    this.taken += chunk?.length ?? 0;
    this.push(chunk);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }
}
