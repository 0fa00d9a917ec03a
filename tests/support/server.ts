import { assert, assertEquals } from "@std/assert";
import { serve, type ServeParts, type Server } from "../../server.ts";
import {
  DEFAULT_ACCOUNT_RULES,
  DEFAULT_LIMITS,
  type Limits,
  type ServeOptions,
} from "../../server/config/options.ts";
import type { Fields, Log } from "../../server/log.ts";
import { openStore } from "../../server/store/open.ts";
import type { Store } from "../../server/store/store.ts";
import { FakeClock } from "./fake_clock.ts";
import { type Introduction, IrcClient } from "./irc_client.ts";
import { type SecureOptions, SecureSocket } from "./secure_socket.ts";
import { WebClient, type WebOptions } from "./web_socket.ts";

/** What a test wants to be otherwise. */
export type Overrides = Partial<Omit<ServeOptions, "limits">> & {
  readonly limits?: Partial<Limits>;
};

/** What a test wants to put in place of the real thing. */
export type TestParts = Pick<
  ServeParts,
  "directions" | "identity" | "listen" | "reload" | "store"
>;

/** A line of the log: what happened, and its fields. */
export type Entry = readonly [message: string, fields: Fields];

/**
 * A server on ports of its own, on loopback, whose clock stands still. When it is disposed of,
 * nobody may be left behind, and no timer.
 */
export class TestServer implements AsyncDisposable {
  readonly clock = new FakeClock();
  /** What the server has logged. */
  readonly log: Entry[] = [];
  readonly server: Server;
  /** What the server keeps things in. */
  readonly store: Store;
  /** How many people stay when all clients are gone. */
  staying = 0;
  readonly #clients: IrcClient[] = [];

  constructor(
    overrides: Overrides = {},
    parts: TestParts = {},
  ) {
    const log = recordTo(this.log);
    const options = testOptions(overrides);
    this.store = parts.store ?? openStore(options);
    this.server = serve(options, { clock: this.clock, log, ...parts, store: this.store });
  }

  /** Where IRC is spoken. */
  get port(): number {
    return this.#portOf("irc");
  }

  /** Where people come who have only `nc`. */
  get plainPort(): number {
    return this.#portOf("plain");
  }

  /** Somebody who is connected and has said nothing. */
  async connect(port = this.port): Promise<IrcClient> {
    return this.#keep(await IrcClient.connect(port));
  }

  /** Somebody who is connected by IPv6, to the second address of the server, and has said nothing. */
  async connect6(): Promise<IrcClient> {
    const address = this.server.addresses.find(({ hostname }) => hostname === "::1");
    assert(address, "the server does not listen at ::1");
    return this.#keep(await IrcClient.connect(address.port, address.hostname));
  }

  /** Somebody who is connected by TLS, and reads nothing until told to. */
  async encrypted(options: SecureOptions = {}): Promise<IrcClient> {
    return this.#keep(new IrcClient(await SecureSocket.connect(this.port, options)));
  }

  /** The client's end of a WebSocket; to be closed by the test. */
  async webClient(options: WebOptions = {}): Promise<WebClient> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    socket.setNoDelay(true);
    return await WebClient.open(socket, options);
  }

  /** Somebody who is connected by WebSocket, and has said nothing. */
  async web(options: WebOptions = {}): Promise<IrcClient> {
    const client = this.#keep(new IrcClient(await this.webClient(options)));
    client.read();
    return client;
  }

  /** Somebody who is connected and does not read. */
  async stalled(port = this.port): Promise<IrcClient> {
    return this.#keep(await IrcClient.stalled(port));
  }

  /** Somebody who is registered. */
  async register(nick: string, introduction: Omit<Introduction, "nick"> = {}): Promise<IrcClient> {
    return this.#keep(await IrcClient.register(this.port, { nick, ...introduction }));
  }

  /**
   * Waits for what nobody is told of, such as the end of a connection, by asking the server for a
   * PONG as often as it takes. What `probe` hears meanwhile is left out.
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

/** The options of a server for tests, with limits that are out of the way. */
export function testOptions({ limits, ...rest }: Overrides = {}): ServeOptions {
  return {
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    allowPlaintext: false,
    stsMs: 30 * 86_400_000,
    origins: [],
    trustedProxies: [],
    name: "chat.test",
    network: "Test",
    room: "#lobby",
    inviteOnly: false,
    motd: [],
    replay: 0,
    data: ".tmp",
    memory: true,
    durable: false,
    operators: [],
    accounts: DEFAULT_ACCOUNT_RULES,
    logLevel: "debug",
    logFormat: "text",
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

/** So many fingerprints of certificates that nobody has. */
export function manyFingerprints(count: number): string[] {
  return Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, "0"));
}

/** A log that keeps its lines in `entries`. */
export function recordTo(entries: Entry[]): Log {
  const record = (message: string, fields: Fields = {}): void => {
    entries.push([message, fields]);
  };
  return { debug: record, info: record, warn: record, error: record };
}
