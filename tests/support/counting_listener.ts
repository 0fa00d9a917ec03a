import type { Duplex } from "node:stream";
import type { Listen, TcpSocket } from "../../server/net/accepting.ts";
import { listen } from "../../server/net/ports.ts";

/** A listener that counts the bytes that the server reads from each connection. */
export class CountingListener {
  /** The connections accepted so far, in order. */
  readonly sockets: CountingSocket[] = [];

  /** Listens on an address, in place of the function that a server uses. */
  readonly listen: Listen = async (purpose, address) => {
    const listener = await listen(purpose, address);
    return {
      addr: listener.addr,
      accept: async () => {
        const socket = new CountingSocket(await listener.accept());
        this.sockets.push(socket);
        return socket;
      },
      close: () => listener.close(),
    };
  };
}

/** The server's end of a connection, which counts the bytes read. */
export class CountingSocket implements TcpSocket {
  /** The number of bytes that the server had read when it first wrote something or closed. */
  bytesReadBeforeReply: number | undefined;
  readonly #socket: TcpSocket;
  #bytesRead = 0;
  /** The stream, once a library reads from it. */
  #stream: (Duplex & { readonly bytesRead?: number }) | undefined;

  constructor(socket: TcpSocket) {
    this.#socket = socket;
  }

  /** The number of bytes that the server has read. */
  get bytesRead(): number {
    return this.#stream?.bytesRead ?? this.#bytesRead;
  }

  get localAddr(): Deno.NetAddr {
    return this.#socket.localAddr;
  }

  get remoteAddr(): Deno.NetAddr {
    return this.#socket.remoteAddr;
  }

  setNoDelay(on: boolean): void {
    this.#socket.setNoDelay(on);
  }

  setKeepAlive(on: boolean): void {
    this.#socket.setKeepAlive(on);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const count = await this.#socket.read(into);
    this.#bytesRead += count ?? 0;
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#noteReply();
    return this.#socket.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.#noteReply();
    return this.#socket.closeWrite();
  }

  close(): void {
    this.#noteReply();
    this.#socket.close();
  }

  release(begun: Uint8Array): Duplex | undefined {
    const stream = this.#socket.release?.(begun);
    if (!stream) return undefined;
    stream.once("close", () => this.#noteReply());
    // A library for TLS does not call `write`; then only the close counts as a reply.
    const { write } = stream;
    const noted = (...parts: unknown[]): unknown => {
      this.#noteReply();
      return Reflect.apply(write, stream, parts);
    };
    return this.#stream = Object.assign(stream, { write: noted });
  }

  #noteReply(): void {
    this.bytesReadBeforeReply ??= this.bytesRead;
  }
}
