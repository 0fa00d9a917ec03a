/**
 * A socket as a stream of Node's, for libraries that want one. Knows nothing of what passes through.
 *
 * @module
 */

import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import type { Socket } from "../connection.ts";

/** As much as is read at once. */
const BUFFER_BYTES = 4 * 1024;

/** A socket as a stream. */
export interface SocketStream extends Duplex {
  /** How many bytes have come and were handed on. */
  readonly taken: number;
  /** It may not be full any more. */
  proceed(): void;
}

/**
 * A stream of what comes on `socket` behind `begun`, which was read from it already. While it `isFull`
 * behind this, nothing is read: a library by itself may take all that comes.
 */
export function streamOf(socket: Socket, begun: Uint8Array, isFull: () => boolean): SocketStream {
  return new Stream(socket, begun, isFull);
}

class Stream extends Duplex implements SocketStream {
  taken = 0;
  readonly #socket: Socket;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #isFull: () => boolean;
  #begun: Uint8Array | undefined;
  #held = false;

  constructor(socket: Socket, begun: Uint8Array, isFull: () => boolean) {
    super({ readableHighWaterMark: BUFFER_BYTES, writableHighWaterMark: BUFFER_BYTES });
    this.#socket = socket;
    if (begun.length > 0) this.#begun = begun;
    this.#isFull = isFull;
  }

  proceed(): void {
    if (!this.#held || this.#isFull()) return;
    this.#held = false;
    this.#pull();
  }

  override _read(): void {
    const begun = this.#begun;
    this.#held = begun === undefined && this.#isFull();
    if (this.#held) return;
    if (begun === undefined) return this.#pull();
    this.#begun = undefined;
    // Not before a TLSSocket has started, or it throws at a bad handshake where nobody can catch it.
    setImmediate(() => this.#hand(begun));
  }

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#writeAll(chunk).then(() => done(), done);
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
      (count) => this.#hand(count === null ? null : this.#buffer.slice(0, count)),
      (error) => this.destroy(error),
    );
  }

  #hand(chunk: Uint8Array | null): void {
    this.taken += chunk?.length ?? 0;
    this.push(chunk);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }
}
