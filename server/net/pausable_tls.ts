/**
 * TLS that takes nothing more from the network while it is paused. A paused `TLSSocket` of Deno 2.9
 * goes on receiving and decrypting, and keeps all bytes in memory.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { TLSSocket, type TLSSocketOptions } from "node:tls";

/** The part of the native socket below a Node stream that starts and stops reading. */
interface Handle {
  readStart(): unknown;
  readStop(): unknown;
}

/** TLS whose `pause` and `resume` also stop and start the socket below. */
export class PausableTls extends TLSSocket {
  readonly #handle: Handle;

  /**
   * Starts TLS on `transport`.
   *
   * @throws {TypeError} if `transport` has no native socket, or has closed it.
   */
  constructor(transport: Duplex, options: TLSSocketOptions) {
    const handle: unknown = Reflect.get(transport, "_handle");
    if (!isHandle(handle)) throw new TypeError("the socket below TLS is not native");
    super(transport, options);
    this.#handle = handle;
  }

  /** Stops reading, from the network too. */
  override pause(): this {
    this.#handle.readStop();
    return super.pause();
  }

  /** Reads again. */
  override resume(): this {
    if (!this.destroyed) this.#handle.readStart();
    return super.resume();
  }
}

function isHandle(value: unknown): value is Handle {
  return typeof value === "object" && value !== null &&
    "readStart" in value && typeof value.readStart === "function" &&
    "readStop" in value && typeof value.readStop === "function";
}
