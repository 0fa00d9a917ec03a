import type { Listener, TcpSocket } from "../../server/net/accepting.ts";

/** A listener that counts the bytes that the server reads from each connection. */
export class CountingListener {
  /** The connections accepted so far, in order. */
  readonly sockets: CountingSocket[] = [];

  /** The function that a server listens with. */
  readonly listen = (options: Deno.TcpListenOptions): Listener => {
    const listener = Deno.listen(options);
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
  /** The number of bytes that the server has read. */
  bytesRead = 0;
  /** The number of bytes that the server had read when it first wrote something or closed. */
  bytesReadBeforeReply: number | undefined;
  readonly #socket: Deno.TcpConn;

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
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
    this.bytesRead += count ?? 0;
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.bytesReadBeforeReply ??= this.bytesRead;
    return this.#socket.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.bytesReadBeforeReply ??= this.bytesRead;
    return this.#socket.closeWrite();
  }

  close(): void {
    this.bytesReadBeforeReply ??= this.bytesRead;
    this.#socket.close();
  }
}
