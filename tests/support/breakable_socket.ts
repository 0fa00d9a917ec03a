import type { Socket } from "../../client/link.ts";

/** A connection that can break: what has not been read by then is lost. */
export class BreakableSocket implements Socket {
  readonly #socket: Deno.TcpConn;
  readonly #broken = Promise.withResolvers<null>();

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const reading = this.#socket.read(into).catch(() => null);
    return await Promise.race([this.#broken.promise, reading]);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#socket.write(bytes);
  }

  break(): void {
    this.#broken.resolve(null);
  }

  close(): void {
    this.#socket.close();
  }
}
