/** A way to a port that hands on so many bytes at a time; from there, only as long as it `flows`. */
export class Relay implements Disposable {
  flows = true;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #sockets: Deno.TcpConn[] = [];

  constructor(port: number, atOnce: number) {
    this.#open(port, atOnce).catch(() => {}); // Closed while something was under way.
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.close();
  }

  async #open(port: number, atOnce: number): Promise<void> {
    const near = await this.#listener.accept();
    this.#sockets.push(near);
    const far = await Deno.connect({ hostname: "127.0.0.1", port });
    far.setNoDelay(true);
    this.#sockets.push(far);
    await Promise.all([
      handOn(near, far, atOnce, () => true),
      handOn(far, near, atOnce, () => this.flows),
    ]);
  }
}

async function handOn(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  atOnce: number,
  flows: () => boolean,
): Promise<void> {
  const buffer = new Uint8Array(atOnce);
  for (let n = await from.read(buffer); n !== null && flows(); n = await from.read(buffer)) {
    for (let at = 0; at < n;) at += await to.write(buffer.subarray(at, n));
  }
}
