/** A bare TCP connection, on which a test sends text and reads text. */
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

  /** Connects to an IRC server and registers as `nick`. */
  static async register(address: string, nick: string): Promise<RawSocket> {
    const socket = await RawSocket.connect(address);
    await socket.write(`NICK ${nick}\r\nUSER x 0 * x\r\nPING welcomed\r\n`);
    await socket.readUntil(/PONG .*welcomed/);
    return socket;
  }

  /** Sends text that is short enough for one write. */
  async write(text: string): Promise<void> {
    await this.#socket.write(new TextEncoder().encode(text));
  }

  /** Returns the text up to a match of `pattern`, or up to the end of the connection. */
  async readUntil(pattern: RegExp): Promise<string> {
    let text = "";
    while (!pattern.test(text)) {
      const count = await this.#socket.read(this.#buffer);
      if (count === null) return text;
      text += this.#decoder.decode(this.#buffer.subarray(0, count), { stream: true });
    }
    return text;
  }

  /** Returns the text up to the end of the connection. */
  readAll(): Promise<string> {
    return this.readUntil(/^(?!)/);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
