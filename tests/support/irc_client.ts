import { assert, assertEquals } from "@std/assert";
import type { Socket } from "../../server/connection.ts";
import { LineReader } from "../../lines.ts";
import { type Message, parse } from "../../protocol.ts";
import { inTime } from "./patience.ts";

/** Who a client is to the server. */
export interface Introduction {
  readonly nick?: string;
  /** Capabilities to ask for, separated by spaces. */
  readonly caps?: string;
  readonly password?: string;
  /** The account to log in to by SASL, and its password. */
  readonly login?: readonly [account: string, password: string];
  /** Channels to join, separated by commas. */
  readonly join?: string;
}

/** What SASL PLAIN sends, in base64. */
export function plain(account: string, password: string): string {
  return base64(`\0${account}\0${password}`);
}

/** The UTF-8 of `text` in base64. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/**
 * A client of IRC on a real socket that does nothing on its own. A PING is the barrier: servers
 * answer in order, so once its PONG is there, everything that was to come before it has come.
 */
export class IrcClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #ended = false;
  #came = Promise.withResolvers<void>();
  #reading: Promise<void> | undefined;
  #pings = 0;

  /** Somebody on this socket, who reads nothing until {@linkcode read} is called. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connects, and says nothing. */
  static async connect(port: number, hostname?: string): Promise<IrcClient> {
    const client = await IrcClient.stalled(port, hostname);
    client.read();
    return client;
  }

  /** Connects, and reads nothing until {@linkcode read} is called. */
  static async stalled(port: number, hostname = "127.0.0.1"): Promise<IrcClient> {
    const socket = await Deno.connect({ hostname, port });
    socket.setNoDelay(true); // or small writes wait for each other
    return new IrcClient(socket);
  }

  /** Connects and registers; what the server says to that is read and left out. */
  static async register(port: number, introduction: Introduction = {}): Promise<IrcClient> {
    const client = await IrcClient.connect(port);
    await client.introduce(introduction);
    return client;
  }

  /** Registers; returns what the server says to that. */
  async introduce(
    { nick = "ada", caps, password, login, join }: Introduction,
  ): Promise<string[]> {
    if (password !== undefined) await this.send(`PASS ${password}`);
    if (caps !== undefined) await this.send(`CAP REQ :${caps}`);
    if (login) {
      await this.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${plain(...login)}`);
    }
    if (caps !== undefined || login) await this.send("CAP END");
    await this.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick} of the tests`);
    if (join !== undefined) await this.send(`JOIN ${join}`);
    return await this.heard();
  }

  /** Begins to read, and goes on until the end. */
  read(): void {
    this.#reading ??= this.#readAll();
  }

  /** Sends lines. */
  async send(...lines: readonly string[]): Promise<void> {
    await this.sendBytes(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
  }

  /** Sends bytes as they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }

  /** Ends this direction only: nothing more will be sent, but much may still be read. */
  async endSending(): Promise<void> {
    await this.#socket.closeWrite();
  }

  /** The next line that comes, or `undefined` when the server has closed the connection. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended) await inTime(this.#came.promise, "a line");
    return this.#lines.shift();
  }

  /** The next line that comes; its command has to be `command`. */
  async expect(command: string): Promise<Message> {
    const line = await this.next();
    const message = parse(line ?? "");
    assertEquals(message?.command, command, `${command} was to come next, not: ${line}`);
    assert(message);
    return message;
  }

  /** The first line that has `command`, still to come; those before it are left out. */
  async until(command: string): Promise<Message> {
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      const message = parse(line);
      if (message?.command === command) return message;
    }
    throw new Error(`the server closed the connection before any ${command} came`);
  }

  /** All lines that have come and were not taken yet, up to now by the server's order. */
  async heard(): Promise<string[]> {
    const token = `barrier-${this.#pings++}`;
    await this.send(`PING ${token}`);
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      const message = parse(line);
      if (message?.command === "PONG" && message.params[1] === token) return lines;
      lines.push(line);
    }
    throw new Error(`the server closed the connection after: ${lines.join(" | ")}`);
  }

  /** Sends `line`; returns all that it is answered with. Whatever came before is left out. */
  async ask(line: string): Promise<string[]> {
    await this.heard();
    await this.send(line);
    return await this.heard();
  }

  /** As {@linkcode ask}, with the answer taken apart. */
  async askMessages(line: string): Promise<Message[]> {
    return (await this.ask(line)).flatMap((answer) => parse(answer) ?? []);
  }

  /** All lines that still come, until the server has closed the connection. */
  async untilEnd(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      lines.push(line);
    }
    return lines;
  }

  /** Closes the connection without a word. */
  async close(): Promise<void> {
    if (!this.#ended) this.#socket.close();
    this.#ended = true;
    await this.#reading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #readAll(): Promise<void> {
    // With the limits of any client: a line that no client could read is a failure.
    const reader = new LineReader();
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (
        let n = await this.#socket.read(buffer);
        n !== null;
        n = await this.#socket.read(buffer)
      ) {
        reader.feed(buffer.subarray(0, n));
        for (let found = reader.next(); found; found = reader.next()) {
          this.#lines.push(found.type === "line" ? found.text : `(a line that is ${found.type})`);
        }
        this.#wake();
      }
    } catch {
      // Closed by this side, or reset by the other: the end in any case.
    }
    if (!this.#ended) this.#socket.close();
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#came.resolve();
    this.#came = Promise.withResolvers<void>();
  }
}
