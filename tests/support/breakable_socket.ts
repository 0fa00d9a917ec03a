import type { Socket } from "../../client/net/socket_stream.ts";

/** A connection that a test can break; bytes that have not been read by then are lost. */
export class BreakableSocket implements Socket {
  readonly isEncrypted: boolean | undefined;
  readonly #socket: Socket;
  readonly #broken = Promise.withResolvers<null>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.isEncrypted = socket.isEncrypted;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const reading = this.#socket.read(into).catch(() => null);
    return await Promise.race([this.#broken.promise, reading]);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#socket.write(bytes);
  }

  /** Ends reading, as if the connection had broken. */
  break(): void {
    this.#broken.resolve(null);
  }

  close(): void {
    this.#socket.close();
  }
}
