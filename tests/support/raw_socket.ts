/** A bare TCP connection, as somebody has who writes IRC, or anything else, by hand. */
export class RawSocket implements Disposable {
  readonly #socket: Deno.TcpConn;
  readonly #decoder = new TextDecoder();
  readonly #buffer = new Uint8Array(65536);

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /** Connects to `HOST:PORT`. */
  static async connect(address: string): Promise<RawSocket> {
    const [hostname = "", port] = address.split(":");
    return new RawSocket(await Deno.connect({ hostname, port: Number(port) }));
  }

  /** Connects to an IRC server; resolves when it has let `nick` in. */
  static async register(address: string, nick: string): Promise<RawSocket> {
    const socket = await RawSocket.connect(address);
    await socket.write(`NICK ${nick}\r\nUSER x 0 * x\r\nPING welcomed\r\n`);
    await socket.readUntil(/PONG .*welcomed/);
    return socket;
  }

  /** Sends text that is short enough to be taken at once. */
  async write(text: string): Promise<void> {
    await this.#socket.write(new TextEncoder().encode(text));
  }

  /** What comes until `pattern` has come, or to the end. */
  async readUntil(pattern: RegExp): Promise<string> {
    let text = "";
    while (!pattern.test(text)) {
      const count = await this.#socket.read(this.#buffer);
      if (count === null) return text;
      text += this.#decoder.decode(this.#buffer.subarray(0, count), { stream: true });
    }
    return text;
  }

  /** What comes to the end. */
  readAll(): Promise<string> {
    return this.readUntil(/^(?!)/);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
