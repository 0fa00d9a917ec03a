import type { Listener, TcpSocket } from "../../server.ts";

/** Listens as the machine does, and counts what the server takes from everybody who comes. */
export class Counted {
  /** Those who have come, in that order. */
  readonly sockets: CountedSocket[] = [];

  /** What a server is given to listen with. */
  readonly listen = (options: Deno.TcpListenOptions): Listener => {
    const listener = Deno.listen(options);
    return {
      addr: listener.addr,
      accept: async () => {
        const socket = new CountedSocket(await listener.accept());
        this.sockets.push(socket);
        return socket;
      },
      close: () => listener.close(),
    };
  };
}

/** The server's end of a connection. */
export class CountedSocket implements TcpSocket {
  /** How many bytes the server has taken. */
  taken = 0;
  /** How many it had taken when it next did something about it: said something, or closed. */
  takenToAct: number | undefined;
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
    this.taken += count ?? 0;
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.takenToAct ??= this.taken;
    return this.#socket.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.takenToAct ??= this.taken;
    return this.#socket.closeWrite();
  }

  close(): void {
    this.takenToAct ??= this.taken;
    this.#socket.close();
  }
}
