import { basic } from "./files.ts";

/** The number of bytes in one write. */
const PIECE = 256 * 1024;

/**
 * A client that uploads over a bare TCP connection, which begins with the PROXY header of a client
 * with a given address. It sends only the bytes that a test asks for, and stops once the server has
 * answered.
 */
export class RawUpload implements Disposable {
  readonly #socket: Deno.TcpConn;
  /** The bytes of the body that were sent. */
  sent = 0;
  /** The answer so far. */
  answer = "";
  /** Resolves once the server has answered, or has closed the connection. */
  readonly answered: Promise<void>;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.answered = this.#read();
  }

  /** Connects to a server on this machine, and sends the head of a request. */
  static async begin(
    port: number,
    { account, address, stated }: {
      readonly account: string;
      readonly address: string;
      readonly stated: number | undefined;
    },
  ): Promise<RawUpload> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    const upload = new RawUpload(socket);
    const length = stated === undefined
      ? "Transfer-Encoding: chunked"
      : `Content-Length: ${stated}`;
    const head = [
      `PROXY TCP4 ${address} 127.0.0.1 1 1`,
      "POST /-/files HTTP/1.1",
      "Host: chat.test",
      `Authorization: ${basic(account, "sesame")}`,
      length,
      "",
      "",
    ];
    await upload.#write(new TextEncoder().encode(head.join("\r\n")));
    return upload;
  }

  /** The status of the answer; `undefined` if there is none. */
  get status(): number | undefined {
    const [, status] = /^HTTP\/1\.1 (\d+)/.exec(this.answer) ?? [];
    return status === undefined ? undefined : Number(status);
  }

  /** Sends bytes of the body; stops once the server has answered. */
  async send(bytes: number, isChunked = false): Promise<void> {
    const zeros = new Uint8Array(PIECE);
    while (bytes > 0 && this.status === undefined) {
      const piece = zeros.subarray(0, bytes);
      if (isChunked) {
        await this.#write(new TextEncoder().encode(`${piece.length.toString(16)}\r\n`));
      }
      if (!await this.#write(piece)) return;
      if (isChunked) await this.#write(new TextEncoder().encode("\r\n"));
      this.sent += piece.length;
      bytes -= piece.length;
    }
  }

  /** Sends the end of a body whose size was not stated. */
  async end(): Promise<void> {
    await this.#write(new TextEncoder().encode("0\r\n\r\n"));
  }

  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
      return true;
    } catch {
      return false; // The server has closed the connection.
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(4096);
    const count = await this.#socket.read(buffer).catch(() => null);
    this.answer = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  }

  [Symbol.dispose](): void {
    try {
      this.#socket.close();
    } catch {
      // It is closed.
    }
  }
}

/** The resources that a server process uses. */
export interface Usage {
  /** The resident memory, in bytes. */
  readonly memory: number;
  /** The open files and sockets. */
  readonly descriptors: number;
  /** The number of files in the folder of uploads, and the number of their bytes. */
  readonly files: number;
  readonly bytes: number;
}

/**
 * Returns the resources that the process `pid` uses, with uploads in the folder `data`; Linux only.
 */
export function usageOf(pid: number, data: string): Usage {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const sizes: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(`${data}/uploads`)) {
      sizes.push(Deno.statSync(`${data}/uploads/${name}`).size);
    }
  } catch (error) {
    // There is no folder yet, or a file has just been removed.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return {
    memory: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
    descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
    files: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}
