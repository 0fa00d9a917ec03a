/**
 * A TCP relay to a port, for one connection, that forwards at most `chunkBytes` bytes at a time. It
 * forwards the server's bytes only while `flows` is true.
 */
export class Relay implements Disposable {
  /** True once the relay has held back bytes of the server. */
  holds = false;
  #gate: PromiseWithResolvers<void> | undefined;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #sockets: Deno.TcpConn[] = [];

  constructor(port: number, chunkBytes: number) {
    this.#open(port, chunkBytes).catch(() => {}); // Closed while it forwards.
  }

  set flows(flows: boolean) {
    this.#gate?.resolve();
    this.#gate = flows ? undefined : Promise.withResolvers<void>();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.close();
  }

  async #open(port: number, chunkBytes: number): Promise<void> {
    const client = await this.#listener.accept();
    this.#sockets.push(client);
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    server.setNoDelay(true);
    this.#sockets.push(server);
    await Promise.all([
      forward(client, server, chunkBytes, () => undefined),
      forward(server, client, chunkBytes, () => {
        this.holds ||= this.#gate !== undefined;
        return this.#gate?.promise;
      }),
    ]);
  }
}

async function forward(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  chunkBytes: number,
  gate: () => Promise<void> | undefined,
): Promise<void> {
  const buffer = new Uint8Array(chunkBytes);
  for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
    await gate();
    for (let at = 0; at < n;) at += await to.write(buffer.subarray(at, n));
  }
}
