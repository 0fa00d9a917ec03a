/** A TCP relay to a port of loopback; a test can cut its connections. */
export class Cable implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #sockets = new Set<Deno.TcpConn>();
  readonly #to: number;

  constructor(port: number) {
    this.#to = port;
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.#sockets) close(socket);
    this.#sockets.clear();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.cut();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
      for (const socket of [client, server]) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
      }
      void this.#forward(client, server);
      void this.#forward(server, client);
    }
  }

  async #forward(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    await from.readable.pipeTo(to.writable).catch(() => {});
    for (const socket of [from, to]) close(socket);
  }
}

function close(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // Closed already.
  }
}
