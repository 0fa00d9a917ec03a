import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Cancel, systemClock } from "../../shared/clock.ts";
import { LineReader } from "../../lines.ts";
import { type Message, parse } from "../../protocol.ts";
import { LIFE_MS } from "./patience.ts";

/** A server on loopback that sends what a test tells it to. */
export class FakeServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #peers: Peer[] = [];
  readonly #cancelTimeout: Cancel;
  #hasTimedOut = false;

  constructor(port = 0) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.port = this.#listener.addr.port;
    this.#cancelTimeout = systemClock.after(LIFE_MS, () => {
      this.#hasTimedOut = true;
      this.#close();
    });
  }

  /** The options with which a client connects here, as `ann`, to `#a`. */
  get connectOptions() {
    const { port } = this;
    return { host: "127.0.0.1", port, nick: "ann", room: "#a", follow: false, json: false };
  }

  /** Accepts the next client. */
  async accept(): Promise<Peer> {
    const peer = new Peer(await this.#listener.accept());
    this.#peers.push(peer);
    return peer;
  }

  /** Accepts the next client, registers it and lets it join `#a`. */
  async acceptInRoom(welcome: Welcome = {}): Promise<Peer> {
    const peer = await this.accept();
    await peer.welcome(welcome);
    await peer.join("#a");
    return peer;
  }

  #close(): void {
    for (const peer of this.#peers.splice(0)) peer.close();
    try {
      this.#listener.close();
    } catch {
      // The time limit has closed it already.
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#cancelTimeout();
    this.#close();
    if (this.#hasTimedOut) return Promise.reject(new Error("the test did not end in time"));
    return Promise.resolve();
  }
}

/** The details of a client's registration. */
export interface Welcome {
  /** The capabilities that the server offers. If they are `sts` alone, the client requests none. */
  readonly caps?: string;
  /** The tokens of RPL_ISUPPORT. */
  readonly tokens?: string;
  readonly nick?: string;
  /** A channel into which the server puts the client without a request. */
  readonly room?: string;
  /** The password that the client must give. */
  readonly password?: string;
}

/** The capabilities that the client can use. */
export const ALL_CAPS =
  "batch echo-message labeled-response message-tags multi-prefix server-time userhost-in-names";

/** The part of a connection that a {@linkcode Peer} needs. */
export type ByteStream = Pick<Deno.Conn, "read" | "write" | "close">;

/** The server's end of a connection. */
export class Peer {
  nick = "";
  readonly #connection: ByteStream;
  readonly #reader = new LineReader();
  readonly #buffer = new Uint8Array(4096);

  constructor(connection: ByteStream) {
    this.#connection = connection;
  }

  /** Returns the next line from the client, or `undefined` at the end of the connection. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const found = this.#reader.next();
      if (found) return found.type === "line" ? found.text : `(${found.type})`;
      const count = await this.#connection.read(this.#buffer).catch(() => null);
      if (count === null) return undefined;
      this.#reader.feed(this.#buffer.subarray(0, count));
    }
  }

  /** Returns the next line, which must match `pattern`. */
  async expect(pattern: RegExp): Promise<Message> {
    const line = await this.line();
    assertMatch(line ?? "(nothing more)", pattern);
    const message = parse(line ?? "");
    assert(message);
    return message;
  }

  /** Checks that the client sends nothing more and ends the connection. */
  async expectEnd(): Promise<void> {
    assertEquals(await this.line(), undefined);
  }

  /** Sends lines. */
  async send(...lines: string[]): Promise<void> {
    await this.sendBytes(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
  }

  /** Sends bytes as they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /**
   * Takes the client through registration (https://modern.ircdocs.horse, "Connection
   * Registration").
   */
  async welcome(
    { caps = "", tokens = "CASEMAPPING=ascii", nick, room, password }: Welcome = {},
  ): Promise<void> {
    await this.expect(/^CAP LS 302$/);
    await this.send(`:irc.test CAP * LS :${caps}`);
    if (password !== undefined) await this.expect(new RegExp(`^PASS ${password}$`));
    const { params: [wanted = ""] } = await this.expect(/^NICK /);
    await this.expect(/^USER /);
    this.nick = nick ?? wanted;
    if (caps.replace(/^sts=\S+$/, "") !== "") {
      const { params: [, names = ""] } = await this.expect(/^CAP REQ /);
      await this.send(`:irc.test CAP * ACK :${names}`);
    }
    await this.expect(/^CAP END$/);
    await this.send(
      `:irc.test 001 ${this.nick} :Welcome`,
      `:irc.test 005 ${this.nick} ${tokens} :are supported by this server`,
      `:irc.test 376 ${this.nick} :End of MOTD`,
    );
    if (room !== undefined) await this.#putInto(room);
    await this.answerPing();
  }

  /** Waits for the client to join `room`, and lets it in. */
  async join(room: string): Promise<void> {
    await this.expect(new RegExp(`^JOIN ${room}$`));
    await this.#putInto(room);
  }

  async #putInto(room: string): Promise<void> {
    await this.send(
      `:${this.nick}!u@h JOIN ${room}`,
      `:irc.test 353 ${this.nick} = ${room} :@op ${this.nick}`,
      `:irc.test 366 ${this.nick} ${room} :End`,
    );
  }

  /** Waits for a PING, and answers it. */
  async answerPing(): Promise<void> {
    const { params: [token = ""] } = await this.expect(/^PING /);
    await this.send(`:irc.test PONG irc.test :${token}`);
  }

  /** Ends the connection. */
  close(): void {
    try {
      this.#connection.close();
    } catch {
      // Closed already.
    }
  }
}
