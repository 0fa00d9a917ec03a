/**
 * A server with many users, rooms and messages, in this process, and the measurement of the longest
 * time for which one command of a client keeps it from serving others.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type EventLog, LocalLog } from "../../server/core/event_log.ts";
import { Budgets, type Usage } from "../../server/net/budget.ts";
import { WAITING_LIMIT } from "../../server/state/waiting.ts";
import type { Actor } from "../../server/events/actor.ts";
import type { Network } from "../../server/state/network.ts";
import { SqliteStore } from "../../server/store/sqlite.ts";
import { IrcClient } from "../../tests/support/irc_client.ts";
import { openPage, PAGE } from "../../tests/support/page_key.ts";
import { TestServer } from "../../tests/support/server.ts";
import {
  CROWDED_ROOMS,
  fillStore,
  GUARDED_ROOMS,
  OWNED_ROOM,
  type Scale,
  TALK_ROOM,
} from "./state.ts";
import { processorTime } from "../../tests/support/processor_time.ts";

/** The name and the password of an operator of the server. */
const OPERATOR = { name: "root", password: "secret" };
/** The capabilities of clients: those that make replies longer, and those that commands need. */
export const CAPS =
  "account-tag batch draft/chathistory draft/event-playback draft/message-redaction " +
  "draft/metadata-3 draft/multiline draft/read-marker draft/webpush echo-message labeled-response message-tags " +
  "multi-prefix server-time soju.im/search standard-replies userhost-in-names";

/** The time that passes before each input, in milliseconds, so that no rate limit applies. */
const PAUSE_MS = 2000;
/** A journal that writes nothing, like the journal of a server that stores nothing on the disk. */
const NO_JOURNAL = { read: () => ({ entries: [], number: 0 }), write() {}, clear() {} };

/** Measures the processor time of each action that the server does without a pause. */
class Stopwatch {
  /** The longest time since {@linkcode restart}, in milliseconds. */
  longest = 0;

  restart(): void {
    this.longest = 0;
  }

  measure<Result>(action: () => Result): Result {
    const taken = processorTime();
    try {
      return action();
    } finally {
      this.longest = Math.max(this.longest, taken());
    }
  }
}

/** Budgets that measure each command, its end if it ends later, and each slice of a long answer. */
class MeasuredBudgets extends Budgets {
  readonly #stopwatch: Stopwatch;

  constructor(stopwatch: Stopwatch) {
    super();
    this.#stopwatch = stopwatch;
  }

  override run(usages: readonly Usage[], action: () => void): void {
    this.#stopwatch.measure(() => super.run(usages, action));
  }
}

/** A store that measures each commit. */
class MeasuredStore extends SqliteStore {
  readonly stopwatch = new Stopwatch();

  override commit(): void {
    this.stopwatch.measure(() => super.commit());
  }
}

/** The clients that send the inputs. */
const ROLES = [
  /** A user in no room. */
  "guest",
  /** A user in the rooms that every user is in. */
  "member",
  /** The owner of an account with a room, in many rooms with full lists. */
  "owner",
  /** The owner of an account, in no room. */
  "founder",
  /** An operator of the server, in a room that every user is in. */
  "operator",
] as const;

/** A nick that many former users had: as many as the server remembers. */
export const FORMER_NICK = "former";
const FORMER_USERS = 2000;

/** An input of a client. */
export interface WorstInput {
  /**
   * The words after the command in the name of the input; absent if the command has only this
   * input.
   */
  readonly name?: string;
  /** The rights of the client that sends it. */
  readonly role: Role;
  /** The lines that the client sends first. They are not measured. */
  readonly before?: readonly string[];
  /** Prepares the server. */
  readonly prepare?: (world: CostWorld) => void;
  /** The line; a function if it depends on the number of the attempt. */
  readonly line: string | ((attempt: number) => string);
  /**
   * The time that passes before it, in milliseconds, for commands with a rate limit of their own.
   */
  readonly pauseMs?: number;
}

/**
 * A client by its rights; a `newcomer` has just registered, a `page` is the page of the server
 * before registration. Both leave afterwards.
 */
export type Role = typeof ROLES[number] | "newcomer" | "page";

/** The parts of a world that belong to the server. */
interface WorldParts {
  readonly log: EventLog;
  readonly network: Network;
  readonly stopwatch: Stopwatch;
}

/** The server, its clients and the measurement. */
export class CostWorld implements AsyncDisposable {
  readonly #server: TestServer;
  readonly #log: EventLog;
  readonly #network: Network;
  readonly #stopwatch: Stopwatch;
  readonly #clients = new Map<Role, IrcClient>();
  #newcomers = 0;

  private constructor(server: TestServer, parts: WorldParts) {
    this.#server = server;
    this.#log = parts.log;
    this.#network = parts.network;
    this.#stopwatch = parts.stopwatch;
  }

  /** Starts a server with as many users, rooms and messages as `scale` says. */
  static async start(scale: Scale): Promise<CostWorld> {
    const store = new MeasuredStore(":memory:", { durable: false, journal: NO_JOURNAL });
    const { stopwatch } = store;
    fillStore(store, scale, Date.UTC(2026, 0));
    let parts: WorldParts | undefined;
    const server = await TestServer.start({
      operators: [OPERATOR],
      limits: { pingSeconds: 1_000_000, sendQueueBytes: 1024 * 1024 },
    }, {
      store,
      page: PAGE,
      budgets: new MeasuredBudgets(stopwatch),
      openEvents(logParts) {
        const log = new LocalLog(logParts);
        parts = { log, network: logParts.network, stopwatch };
        return log;
      },
    });
    assert(parts);
    const world = new CostWorld(server, parts);
    world.#fillState();
    for (const role of ROLES) await world.#connect(role);
    return world;
  }

  /**
   * Returns the longest processor time that the server needs for an input without a pause, in
   * milliseconds. Several attempts are made, and the least result is returned, because most
   * attempts include some garbage collection.
   */
  async costOf(input: WorstInput, attempts: number): Promise<number> {
    let least = Infinity;
    for (let attempt = 0; attempt < attempts; attempt++) {
      least = Math.min(least, await this.#attempt(input, attempt));
    }
    return least;
  }

  async #attempt(input: WorstInput, attempt: number): Promise<number> {
    const { role, before = [], prepare, line, pauseMs = PAUSE_MS } = input;
    prepare?.(this);
    const client = await this.#clientWith(role);
    await client.send(...before);
    await client.heard();
    this.#server.clock.advance(pauseMs);
    await client.heard();
    this.#stopwatch.restart();
    await client.send(typeof line === "string" ? line : line(attempt));
    if (`${line}`.startsWith("QUIT")) await client.untilEnd();
    else await client.heard();
    const { longest } = this.#stopwatch;
    if (role === "newcomer" || role === "page") await client.close();
    return longest;
  }

  /** Sets a mode of a room. */
  setMode(channel: string, letter: string): void {
    const changes = [{ add: true, letter }];
    const by = this.#newUser("starter");
    this.#log.append({ type: "ChannelModesChanged", by, channel, changes });
  }

  /** Stores as many waiting messages for an account as the limit allows. */
  letMessagesWait(account: string): void {
    const by = this.#newUser("writer");
    const to = { type: "account", account } as const;
    const said = { type: "Said", by, to, command: "PRIVMSG", tags: new Map() } as const;
    for (let index = 0; index < WAITING_LIMIT; index++) {
      this.#log.append({ ...said, text: `${index} ${"x".repeat(300)}` });
    }
  }

  /** Adds state that the store does not have: the metadata of users, and former users. */
  #fillState(): void {
    for (const { actor: by } of this.#network.users.values()) {
      const target = { type: "user", user: by.id, nick: by.nick } as const;
      this.#log.append({ type: "MetadataChanged", by, target, key: "own", value: "v" });
    }
    for (let index = 0; index < FORMER_USERS; index++) {
      const by = this.#newUser(FORMER_NICK);
      const realname = "r".repeat(150);
      const from = { username: "~user", host: "192.0.2.1", realname };
      this.#log.append({ type: "Connected", by, ...from });
      this.#log.append({ type: "Quit", by, reason: "" });
    }
  }

  #newUser(nick: string): Actor {
    return { id: this.#log.newUserId(), nick, mask: `${nick}!~user@192.0.2.1` };
  }

  async #connect(role: Role): Promise<void> {
    const client = await this.#server.register(role, { caps: CAPS });
    this.#clients.set(role, client);
    if (role === "operator") await client.ask(`OPER ${OPERATOR.name} ${OPERATOR.password}`);
    if (role === "member") await client.ask(`JOIN ${TALK_ROOM},${CROWDED_ROOMS.join(",")}`);
    if (role !== "owner" && role !== "founder") return;
    await client.ask(`REGISTER * * password-of-${role}`);
    if (role !== "owner") return;
    await client.ask(`JOIN ${OWNED_ROOM}`);
    for (let index = 0; index < GUARDED_ROOMS; index++) await client.ask(`JOIN #guarded${index}`);
  }

  async #clientWith(role: Role): Promise<IrcClient> {
    if (role === "newcomer") return await this.#newcomer();
    if (role === "page") return await openPage(this.#server);
    const client = this.#clients.get(role);
    if (!client) throw new Error(`no client is a ${role}`);
    return client;
  }

  #newcomer(): Promise<IrcClient> {
    return this.#server.register(`newcomer${this.#newcomers++}`, { caps: CAPS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { server } = this.#server;
    const isQuiet = () => server.counts.connections === ROLES.length;
    await this.#server.until(isQuiet, await this.#clientWith("guest"));
    const { connections, users } = server.counts;
    this.#server.staying = users - connections;
    await this.#server[Symbol.asyncDispose]();
  }
}
