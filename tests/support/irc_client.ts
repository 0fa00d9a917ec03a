import { assert, assertEquals } from "@std/assert";
import type { Socket } from "../../shared/socket.ts";
import { LineReader, type Received } from "../../lines.ts";
import { type Message, parse } from "../../protocol.ts";
import { inTime } from "./patience.ts";

/** The details with which a client registers. */
export interface Introduction {
  readonly nick?: string;
  /** The capabilities to request, separated by spaces. */
  readonly caps?: string;
  readonly password?: string;
  /** The account to log in to by SASL, and its password. */
  readonly login?: readonly [account: string, password: string];
  /** The channels to join, separated by commas. */
  readonly join?: string;
}

/** Returns the response of SASL PLAIN, in base64. */
export function plain(account: string, password: string): string {
  return base64(`\0${account}\0${password}`);
}

/** Returns the UTF-8 of `text` in base64. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/**
 * An IRC client on a real socket that sends only what a test tells it to. PING is the barrier: a
 * server answers in order, so when the PONG is here, all lines before it are here, too.
 */
export class IrcClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #ended = false;
  #newLine = Promise.withResolvers<void>();
  #reading: Promise<void> | undefined;
  #pings = 0;
  /** False if the client must not answer when the server asks whether it is still there. */
  isThere = true;
  /** The number of times that the server has asked this. */
  asked = 0;

  /** Makes a client on this socket that does not read until {@linkcode read} is called. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connects, and sends nothing. */
  static async connect(port: number, hostname?: string): Promise<IrcClient> {
    const client = await IrcClient.stalled(port, hostname);
    client.read();
    return client;
  }

  /** Connects, and does not read until {@linkcode read} is called. */
  static async stalled(port: number, hostname = "127.0.0.1"): Promise<IrcClient> {
    const socket = await Deno.connect({ hostname, port });
    socket.setNoDelay(true); // Otherwise small writes wait for each other.
    return new IrcClient(socket);
  }

  /** Connects and registers, and discards the replies. */
  static async register(port: number, introduction: Introduction = {}): Promise<IrcClient> {
    const client = await IrcClient.connect(port);
    await client.introduce(introduction);
    return client;
  }

  /** Registers; returns the replies. */
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

  /** Starts reading, until the end of the connection. */
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

  /** Closes the sending direction only; reading goes on. */
  async endSending(): Promise<void> {
    await this.#socket.closeWrite();
  }

  /** Returns the next line, or `undefined` when the server has closed the connection. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended) await inTime(this.#newLine.promise, "a line");
    return this.#lines.shift();
  }

  /** Returns the next message, whose command must be `command`. */
  async expect(command: string): Promise<Message> {
    const line = await this.next();
    const message = parse(line ?? "");
    assertEquals(message?.command, command, `the next line must be ${command}: ${line}`);
    assert(message);
    return message;
  }

  /** Waits for a message whose command is `command`, and discards those before it. */
  async until(command: string): Promise<Message> {
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      const message = parse(line);
      if (message?.command === command) return message;
    }
    throw new Error(`the server closed the connection before it sent ${command}`);
  }

  /** Returns the lines that the server has sent up to now and that have not been returned yet. */
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

  /** Sends `line`; returns the lines that answer it. Earlier lines are discarded. */
  async ask(line: string): Promise<string[]> {
    await this.heard();
    await this.send(line);
    return await this.heard();
  }

  /** Sends `line` as {@linkcode ask} does; returns the answer as messages. */
  async askMessages(line: string): Promise<Message[]> {
    return (await this.ask(line)).flatMap((answer) => parse(answer) ?? []);
  }

  /** Returns the remaining lines, up to the end of the connection. */
  async untilEnd(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      lines.push(line);
    }
    return lines;
  }

  /** Closes the connection without QUIT. */
  async close(): Promise<void> {
    if (!this.#ended) this.#socket.close();
    this.#ended = true;
    await this.#reading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #readAll(): Promise<void> {
    // The limits are those of real clients: a test must notice a line that they could not read.
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
          if (this.#answersPing(found)) continue;
          this.#lines.push(found.type === "line" ? found.text : `(a bad line: ${found.type})`);
        }
        this.#wake();
      }
    } catch {
      // Closed by this side or reset by the other: the end in both cases.
    }
    if (!this.#ended) this.#socket.close();
    this.#ended = true;
    this.#wake();
  }

  /**
   * Answers the PING by which the server asks whether the client is there, as all clients do. Tests
   * do not see this PING.
   */
  #answersPing(found: Received): boolean {
    const [, token] = found.type === "line" ? /^PING (here-\d+)$/.exec(found.text) ?? [] : [];
    if (token === undefined) return false;
    this.asked++;
    if (this.isThere) this.send(`PONG ${token}`).catch(() => {});
    return true;
  }

  #wake(): void {
    this.#newLine.resolve();
    this.#newLine = Promise.withResolvers<void>();
  }
}
