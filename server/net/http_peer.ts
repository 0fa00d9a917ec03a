/**
 * The client of one HTTP request, after its head was read. A client that stalls is disconnected:
 * each read and each write has a deadline, and the request as a whole has one, too. Does not know
 * what is sent.
 *
 * @module
 */

import type { Cancel } from "../../shared/clock.ts";
import type { Socket } from "../../shared/socket.ts";
import type { Inflow } from "./inflow.ts";
import { sendLast } from "./last_answer.ts";

/** The time for one read or write, in milliseconds. */
export const STALL_MS = 30_000;
/** The time for a request, besides the time for its body or its file, in milliseconds. */
const BASE_MS = 60_000;
/** The number of bytes per second that a client must send or read on average. */
const LEAST_RATE = 16 * 1024;
/** The time for a client to read the last answer, and to stop sending, in milliseconds. */
const LAST_MS = 5_000;
/** The size of one read. */
const BUFFER_BYTES = 64 * 1024;

/** The error for a client that has disconnected, or was disconnected because it stalled. */
export class PeerGone extends Error {
  /** The name of the class. */
  override readonly name = "PeerGone";
}

/** The parts of an {@linkcode HttpPeer}. */
export interface HttpPeerParts {
  /** The connection. */
  readonly socket: Socket;
  /** The bytes that were read after the head. */
  readonly unread: Uint8Array;
  /** The input from the connections. */
  readonly inflow: Pick<Inflow, "counted" | "deadline">;
}

/** The client of one request. */
export class HttpPeer {
  readonly #socket: Socket;
  readonly #inflow: HttpPeerParts["inflow"];
  /** The buffer for reads. It is made at the first read, because a refused client needs none. */
  #buffer: Uint8Array | undefined;
  #unread: Uint8Array;
  #cancelWhole: Cancel = () => {};
  #isClosed = false;

  /** Takes over the connection; {@linkcode HttpPeer.close} must be called in the end. */
  constructor({ socket, unread, inflow }: HttpPeerParts) {
    this.#socket = inflow.counted(socket);
    // Reads only when asked: a file may be large, and its client may have to wait, or be refused.
    this.#socket.readAhead?.(false);
    this.#unread = unread;
    this.#inflow = inflow;
    this.allow(0);
  }

  /** True once the connection is closed here. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sets the deadline of the request anew: from now on, the client has the base time, and the time
   * for `bytes` at the least rate.
   */
  allow(bytes: number): void {
    this.#cancelWhole();
    this.#cancelWhole = this.#deadline(BASE_MS + bytes / LEAST_RATE * 1000);
  }

  /** Returns the next bytes, which are valid until the next call; `null` at the end. */
  async read(): Promise<Uint8Array | null> {
    if (this.#unread.length > 0) {
      const unread = this.#unread;
      this.#unread = unread.subarray(unread.length);
      return unread;
    }
    const buffer = this.#buffer ??= new Uint8Array(BUFFER_BYTES);
    const count = await this.#inTime(() => this.#socket.read(buffer));
    return count === null ? null : buffer.subarray(0, count);
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#inTime(() => this.#socket.write(bytes.subarray(at)));
    }
  }

  /** Writes the last bytes. Then the client has a short time to read them, and to stop sending. */
  async finish(bytes: Uint8Array = new Uint8Array(0)): Promise<void> {
    await this.write(bytes);
    const cancel = this.#deadline(LAST_MS);
    try {
      await sendLast(this.#socket, new Uint8Array(0));
    } catch {
      // The answer was sent, so it does not matter how the connection ends.
    } finally {
      cancel();
    }
  }

  /** Closes the connection; a read or a write in progress ends. */
  close(): void {
    this.#cancelWhole();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  async #inTime<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new PeerGone();
    const cancel = this.#deadline(STALL_MS);
    try {
      return await work();
    } catch (cause) {
      throw new PeerGone("the client has gone", { cause });
    } finally {
      cancel();
    }
  }

  #deadline(ms: number): Cancel {
    return this.#inflow.deadline(ms, { act: () => this.close() });
  }
}
