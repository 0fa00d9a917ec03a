import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Cancel, systemClock } from "../../clock.ts";
import { LineReader } from "../../lines.ts";
import { type Message, parse } from "../../protocol.ts";

/** No conversation of a test has reason to take longer. */
const TIME_LIMIT_MS = 10_000;

/** A server on loopback that says what a test tells it to. */
export class FakeServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #peers: Peer[] = [];
  readonly #forget: Cancel;
  #isLate = false;

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#forget = systemClock.after(TIME_LIMIT_MS, () => {
      this.#isLate = true;
      this.#close();
    });
  }

  /** How a client comes here, as ann, to `#a`. */
  get connectOptions() {
    const { port } = this;
    return { host: "127.0.0.1", port, nick: "ann", room: "#a", follow: false, json: false };
  }

  /** The next client. */
  async accept(): Promise<Peer> {
    const peer = new Peer(await this.#listener.accept());
    this.#peers.push(peer);
    return peer;
  }

  /** The next client, registered and in `#a`. */
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
    this.#forget();
    this.#close();
    if (this.#isLate) return Promise.reject(new Error("something never came"));
    return Promise.resolve();
  }
}

/** How a server lets a client in. */
export interface Welcome {
  /** The capabilities it offers; of `sts` alone, nothing is asked for. */
  readonly caps?: string;
  /** The tokens of its 005. */
  readonly tokens?: string;
  readonly nick?: string;
  /** A room that it puts the client into by itself. */
  readonly room?: string;
  /** The password that the client must give. */
  readonly password?: string;
}

/** Everything the client can use. */
export const ALL_CAPS =
  "batch echo-message labeled-response message-tags multi-prefix server-time userhost-in-names";

/** What a {@linkcode Peer} needs of a connection. */
export type ByteStream = Pick<Deno.Conn, "read" | "write" | "close">;

/** The server's end of one connection. */
export class Peer {
  nick = "";
  readonly #connection: ByteStream;
  readonly #reader = new LineReader();
  readonly #buffer = new Uint8Array(4096);

  constructor(connection: ByteStream) {
    this.#connection = connection;
  }

  /** The next line from the client, or `undefined` when it has left. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const found = this.#reader.next();
      if (found) return found.type === "line" ? found.text : `(${found.type})`;
      const count = await this.#connection.read(this.#buffer).catch(() => null);
      if (count === null) return undefined;
      this.#reader.feed(this.#buffer.subarray(0, count));
    }
  }

  /** The next line, which must match. */
  async expect(pattern: RegExp): Promise<Message> {
    const line = await this.line();
    assertMatch(line ?? "(nothing more)", pattern);
    const message = parse(line ?? "");
    assert(message);
    return message;
  }

  /** The client has nothing more to say. */
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

  /** Lets the client in, as the Modern IRC Client Protocol has it. */
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

  /** Waits for the client to join `room`, and lets it. */
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
