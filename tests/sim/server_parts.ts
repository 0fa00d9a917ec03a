/**
 * The real parts of a server, as nodes of a simulation use them: a context with its own log of events,
 * and connections whose bytes the simulation takes.
 *
 * @module
 */

import { Budgets } from "../../server/net/budget.ts";
import { Connection } from "../../server/net/connection.ts";
import { ConnectUrls } from "../../server/config/connect_urls.ts";
import { Context } from "../../server/core/context.ts";
import type { EventLog, EventLogParts } from "../../server/core/event_log.ts";
import { restoring } from "../../server/core/kept_records.ts";
import { Persister } from "../../server/core/persister.ts";
import type { UserId } from "../../server/events/actor.ts";
import type { Event, Unstamped } from "../../server/events/events.ts";
import { type EventId, EventIds, numberOf } from "../../server/events/ids.ts";
import { Inflow } from "../../server/net/inflow.ts";
import { Tick } from "../../server/delivery/tick.ts";
import type { Store } from "../../server/store/store.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { Socket } from "../../shared/socket.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { testOptions } from "../support/server.ts";
import { ModelStore, type StoreChange } from "./model_store.ts";

/** The options of all simulated servers. */
export const OPTIONS = testOptions();

const CONNECT_URLS = new ConnectUrls({ options: OPTIONS, interfaces: [] });

/** An inflow whose input has always been read. */
export class CalmInflow extends Inflow {
  override caughtUp(): Promise<number> {
    return Promise.resolve(0);
  }
}

/** The parts of a simulated server. */
export interface ServerParts<L extends EventLog> {
  readonly clock: Clock;
  readonly store: Store;
  readonly openLog: (parts: EventLogParts) => L;
  /** Takes a text about an error of the program. */
  readonly onFault: (text: string) => void;
  /** Schedules commits; by default, there are none. */
  readonly tick?: Pick<Tick, "schedule">;
}

const NO_TICK = { schedule() {} };

/** Opens the shared parts of a server, and its log. */
export function openServer<L extends EventLog>(
  { clock, store, openLog, onFault, tick = NO_TICK }: ServerParts<L>,
): { context: Context; log: L } {
  const opened: L[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (message, fields) => onFault(`${message} ${JSON.stringify(fields)}`),
  };
  const context = new Context(OPTIONS, {
    clock,
    connectUrls: CONNECT_URLS,
    inflow: new CalmInflow({ clock }),
    log,
    store,
    tick,
    openEvents: (parts) => {
      const events = openLog(parts);
      opened.push(events);
      return events;
    },
  });
  const [events] = opened;
  if (!events) throw new Error("the context has opened no log");
  return { context, log: events };
}

/** A log of a node: it applies events, and knows the ids so far. */
export abstract class NodeLog implements EventLog {
  protected readonly parts: EventLogParts;
  readonly #persister: Persister;
  readonly #ids: EventIds;

  /** Restores the network from `records`, with which each server begins. */
  constructor(parts: EventLogParts, records: readonly StoreChange[], lastId: EventId | undefined) {
    this.parts = parts;
    const { cloaks, network, server } = parts;
    const beginning = new ModelStore({ changes: [...records] });
    const ids = new EventIds();
    const newUserId = () => numberOf(ids.next(0));
    for (const event of restoring(beginning, server, { newUserId, cloaks })) {
      network.apply({ ...event, id: ids.next(0), time: 0 });
    }
    this.#ids = new EventIds(lastId);
    this.#persister = new Persister(network, parts.store);
  }

  abstract append(event: Unstamped): void;

  /** Applies an event that the store and the clients have already. */
  replay(event: Event): void {
    this.parts.network.apply(event);
  }

  /** Stores, applies and delivers an event. */
  apply(event: Event): void {
    this.#persister.before(event);
    this.parts.deliver(event, this.parts.network.apply(event));
    this.#persister.after(event);
  }

  afterwards(action: () => void): void {
    action();
  }

  stamp(event: Unstamped): Event {
    const time = this.parts.clock.now();
    return { ...event, id: this.#ids.next(time), time };
  }

  nextId(): EventId {
    return this.#ids.next(this.parts.clock.now());
  }

  newUserId(): UserId {
    return numberOf(this.nextId());
  }

  stopKeeping(): void {}
}

/** The log of a node that follows: it applies what the log has committed, and appends nothing. */
export class FollowingLog extends NodeLog {
  append(event: Unstamped): void {
    throw new Error(`a node that follows has appended ${event.type}`);
  }
}

/** The fingerprints of certificates, each with the name of the account that it logs in to. */
export const ACCOUNTS = { "p0": "a0".repeat(32), "p1": "a1".repeat(32) } as const;

/** The records with which each server begins: secrets that all nodes share, and accounts. */
export const RECORDS: readonly StoreChange[] = [...secrets(), ...accounts()];

function secrets(): StoreChange[] {
  const store = new ModelStore({ changes: [] });
  const clock = new FakeClock();
  const openLog = (parts: EventLogParts) => new FollowingLog(parts, [], undefined);
  openServer({ clock, store, openLog, onFault() {} });
  return Array.from(
    store.records("secret"),
    ([key, secret]): StoreChange => (each) => each.keep("secret", key, secret),
  );
}

function accounts(): StoreChange[] {
  return Object.entries(ACCOUNTS).map(([name, fingerprint]): StoreChange => (store) =>
    store.keep("account", name, { name, createdAt: 0, fingerprints: [fingerprint] })
  );
}

const NO_SOCKET: Socket = {
  read: () => Promise.resolve(null),
  write: (bytes) => Promise.resolve(bytes.length),
  close() {},
  closeWrite: () => Promise.resolve(),
};

/** The functions that are called when a server acts on a connection. */
export interface ConnectionTaker {
  /** Takes a line that is sent. */
  readonly pushed: (line: Uint8Array) => void;
  /** Called when the server ends the connection. */
  readonly closed: () => void;
  /** Called when lines must wait, until the returned function is called. */
  readonly paused: () => () => void;
}

/** Returns a connection without a socket, which reads nothing by itself. */
export function openConnection(
  context: Context,
  certificate: string | undefined,
  { pushed, closed, paused }: ConnectionTaker,
): Connection {
  const { clock, inflow } = context;
  const connection = new Connection({
    socket: NO_SOCKET,
    takeUnread: () => new Uint8Array(0),
    encrypted: false,
    certificate,
    pageOrigin: undefined,
    gateway: undefined,
    isWebSocket: false,
    local: { hostname: "127.0.0.1", port: 6667 },
    arrivedAt: clock.moment(),
  }, {
    clock,
    inflow,
    tick: new Tick(),
    limits: OPTIONS.limits,
    budget: new Budgets().open("127.0.0.1"),
  });
  connection.outbox.push = pushed;
  connection.outbox.pushLater = (make) => pushed(make());
  connection.end = closed;
  connection.destroy = closed;
  connection.pause = paused;
  return connection;
}
