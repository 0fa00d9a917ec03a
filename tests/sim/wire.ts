/**
 * A connection between a person and a simulated server, in memory. The server's end is a socket;
 * each of its reads and writes passes a random part of the bytes.
 *
 * @module
 */

import type { Socket } from "../../shared/socket.ts";
import type { World } from "./world.ts";

/** The person's end of a connection. */
export interface WirePeer {
  received(line: string): void;
  closed(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A connection. */
export class Wire implements Socket {
  readonly #world: World;
  readonly #peer: WirePeer;
  /** The bytes that the server has not read. */
  #unread: number[] = [];
  #reading: (() => void) | undefined;
  /** The bytes of a line that is not complete. */
  #partial = "";
  #isClosed = false;

  constructor(world: World, peer: WirePeer) {
    this.#world = world;
    this.#peer = peer;
  }

  /** Sends a line to the server. */
  send(line: string): void {
    if (this.#isClosed) return;
    this.#unread.push(...encoder.encode(`${line}\r\n`));
    this.#reading?.();
  }

  /** Ends the connection: nothing reaches the person any more. */
  cut(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reading?.();
    this.#world.after(0, () => this.#peer.closed());
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#unread.length === 0) {
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => this.#reading = resolve);
      this.#reading = undefined;
    }
    const count = Math.min(into.length, 1 + this.#world.random.below(this.#unread.length));
    into.set(this.#unread.splice(0, count));
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#isClosed) return bytes.length;
    if (this.#world.isLucky(0.2)) {
      const ms = this.#world.between(0, 20);
      await new Promise<void>((resolve) => this.#world.after(ms, resolve));
      if (this.#isClosed) return bytes.length;
    }
    const count = this.#world.isLucky(0.7)
      ? bytes.length
      : 1 + this.#world.random.below(bytes.length);
    this.#partial += decoder.decode(bytes.subarray(0, count));
    const lines = this.#partial.split("\r\n");
    this.#partial = lines.pop() ?? "";
    this.#world.after(0, () => {
      for (const line of lines) this.#peer.received(line);
    });
    return count;
  }

  closeWrite(): Promise<void> {
    this.cut();
    return Promise.resolve();
  }

  close(): void {
    this.cut();
  }
}
