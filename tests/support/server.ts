import { assert, assertEquals } from "@std/assert";
import { serve, type ServeParts, type Server } from "../../server.ts";
import type { ServeOptions } from "../../server/config/config.ts";
import { DEFAULT_ACCOUNT_RULES, DEFAULT_LIMITS, type Limits } from "../../server/config/options.ts";
import type { Fields, Log } from "../../shared/log.ts";
import { openStore } from "../../server/store/open.ts";
import type { Store } from "../../server/store/store.ts";
import { FakeClock } from "./fake_clock.ts";
import { type Introduction, IrcClient } from "./irc_client.ts";
import { type SecureOptions, SecureSocket } from "./secure_socket.ts";
import { WebClient, type WebOptions } from "./web_socket.ts";

/** The options of a server that a test sets. */
export type Overrides = Partial<Omit<ServeOptions, "limits">> & {
  readonly limits?: Partial<Limits>;
};

/** The parts of a server that a test replaces. */
export type TestParts =
  & { readonly clock?: FakeClock }
  & Pick<
    ServeParts,
    | "budgets"
    | "connectUrls"
    | "identity"
    | "listen"
    | "openEvents"
    | "page"
    | "postPush"
    | "readingTime"
    | "reload"
    | "reloaded"
    | "store"
  >;

/** A log entry: the message and its fields. */
export type Entry = readonly [message: string, fields: Fields];

/** A server that was started, with the parts that tests use. */
export interface Launched {
  readonly clock: FakeClock;
  readonly log: Entry[];
  readonly server: Server;
  readonly store: Store;
}

/** Starts a server on free ports of loopback. */
export async function launch(overrides: Overrides, parts: TestParts): Promise<Launched> {
  const { clock = new FakeClock() } = parts;
  const log: Entry[] = [];
  const options = testOptions(overrides);
  const store = parts.store ?? openStore(options);
  // The clock must not depend on how busy the machine is.
  const surroundings = { clock, log: recordTo(log), readingTime: () => 0 };
  const server = await serve(options, { ...surroundings, ...parts, store });
  return { clock, log, server, store };
}

/**
 * A server on free ports of loopback, whose clock moves only when a test advances it. Disposing
 * checks that no connection and no timer is left, and that as many users are left as `staying`
 * says.
 */
export class TestServer implements AsyncDisposable {
  readonly clock: FakeClock;
  /** The entries that the server has logged. */
  readonly log: Entry[];
  readonly server: Server;
  /** The server's store. */
  readonly store: Store;
  /** The number of users that stay when all clients have disconnected. */
  staying = 0;
  readonly #clients: IrcClient[] = [];

  protected constructor({ clock, log, server, store }: Launched) {
    this.clock = clock;
    this.log = log;
    this.server = server;
    this.store = store;
  }

  /** Starts a server. */
  static async start(overrides: Overrides = {}, parts: TestParts = {}): Promise<TestServer> {
    return new TestServer(await launch(overrides, parts));
  }

  /** The port for IRC. */
  get port(): number {
    return this.#portOf("irc");
  }

  /** The port for plain text, for users with only `nc`. */
  get plainPort(): number {
    return this.#portOf("plain");
  }

  /** Connects a client that sends nothing. */
  async connect(port = this.port): Promise<IrcClient> {
    return this.#keep(await IrcClient.connect(port));
  }

  /** Connects a client to the port for plain text, and waits until it is greeted. */
  async connectPlain(): Promise<IrcClient> {
    const client = await this.connect(this.plainPort);
    await client.next();
    return client;
  }

  /** Connects a client by IPv6, to the listener at `::1`, that sends nothing. */
  async connect6(): Promise<IrcClient> {
    const address = this.server.addresses.find(({ hostname }) => hostname === "::1");
    assert(address, "the server does not listen on ::1");
    return this.#keep(await IrcClient.connect(address.port, address.hostname));
  }

  /** Connects a client by TLS that does not read until {@linkcode IrcClient.read} is called. */
  async encrypted(options: SecureOptions = {}): Promise<IrcClient> {
    return this.#keep(new IrcClient(await SecureSocket.connect(this.port, options)));
  }

  /** Opens a WebSocket, which the test must close. */
  async webClient(options: WebOptions = {}): Promise<WebClient> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    socket.setNoDelay(true);
    return await WebClient.open(socket, options);
  }

  /** Connects a client by WebSocket that sends nothing. */
  async web(options: WebOptions = {}): Promise<IrcClient> {
    const client = this.#keep(new IrcClient(await this.webClient(options)));
    client.read();
    return client;
  }

  /** Connects a client that does not read until {@linkcode IrcClient.read} is called. */
  async stalled(port = this.port): Promise<IrcClient> {
    return this.#keep(await IrcClient.stalled(port));
  }

  /** Connects and registers a client. */
  async register(nick: string, introduction: Omit<Introduction, "nick"> = {}): Promise<IrcClient> {
    return this.#keep(await IrcClient.register(this.port, { nick, ...introduction }));
  }

  /**
   * Waits for a condition that no message announces, for example the end of a connection: `probe`
   * sends PING until the condition holds. Other lines that `probe` gets meanwhile are discarded.
   */
  async until(condition: () => boolean, probe: IrcClient): Promise<void> {
    while (!condition()) await probe.heard();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    const closed = this.server.close();
    this.clock.advance(2000);
    await closed;
    assertEquals(this.server.counts, { connections: 0, users: this.staying });
    assertEquals(this.clock.pending, 0, "the server left a timer behind");
  }

  #keep(client: IrcClient): IrcClient {
    this.#clients.push(client);
    return client;
  }

  #portOf(kind: "irc" | "plain"): number {
    const found = this.server.addresses.find((address) => address.kind === kind);
    assert(found, `the server has no ${kind} port`);
    return found.port;
  }
}

/** Returns the options of a test server, with rate and connection limits too high to matter. */
export function testOptions({ limits, ...rest }: Overrides = {}): ServeOptions {
  return {
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    allowPlaintext: false,
    // Tests know the address of a client in advance, but could learn a cloak only from the server.
    cloak: false,
    stsMs: 30 * 86_400_000,
    origins: [],
    trustedProxies: [],
    name: "chat.test",
    network: "Test",
    room: "#lobby",
    inviteOnly: false,
    page: true,
    motd: [],
    replay: 0,
    acmeDirectory: "https://authority.test/",
    data: ".tmp",
    memory: true,
    durable: false,
    uploads: 1024 ** 3,
    uploadSize: 1024 ** 2,
    operators: [],
    accounts: DEFAULT_ACCOUNT_RULES,
    logLevel: "debug",
    logFormat: "text",
    logWithoutAddresses: false,
    limits: {
      ...DEFAULT_LIMITS,
      connectionsPerAddress: 10_000,
      commandsPerSecond: 100_000,
      commandBurst: 100_000,
      ...limits,
    },
    ...rest,
  };
}

/** Returns `count` made-up fingerprints. */
export function manyFingerprints(count: number): string[] {
  return Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, "0"));
}

/** Returns a log that adds its entries to `entries`. */
export function recordTo(entries: Entry[]): Log {
  const record = (message: string, fields: Fields = {}): void => {
    entries.push([message, fields]);
  };
  return { debug: record, info: record, warn: record, error: record };
}
