/**
 * The real parts of a server, as nodes of a simulation use them: a context with its own log of
 * events, and connections whose bytes the simulation takes.
 *
 * @module
 */

import { FollowingLog } from "../../server/cluster/logs.ts";
import type { Origin } from "../../server/cluster/messages.ts";
import { ConnectUrls } from "../../server/config/connect_urls.ts";
import { Context } from "../../server/core/context.ts";
import type { EventLog, EventLogParts } from "../../server/core/event_log.ts";
import { restoring } from "../../server/core/kept_records.ts";
import type { Duty } from "../../server/core/delivering.ts";
import type { Event } from "../../server/events/events.ts";
import { EventIds, numberOf } from "../../server/events/ids.ts";
import { Inflow } from "../../server/net/inflow.ts";
import type { Tick } from "../../server/delivery/tick.ts";
import type { User } from "../../server/state/state.ts";
import type { Store } from "../../server/store/store.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { testOptions } from "../support/server.ts";
import { ModelStore, type StoreChange } from "./model_store.ts";

/** The options of all simulated servers. */
export const OPTIONS = testOptions();

const CONNECT_URLS = new ConnectUrls({ options: OPTIONS, interfaces: [] });

/** An inflow that never has unread input. */
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
  /** Takes the messages that are logged at the level `info`. */
  readonly onInfo?: (message: string) => void;
  /** Schedules commits; by default, there are none. */
  readonly tick?: Pick<Tick, "schedule">;
  readonly duty?: Duty;
}

const NO_TICK = { schedule() {} };

/** Opens the shared parts of a server, and its log. */
export function openServer<L extends EventLog>(
  { clock, store, openLog, onFault, onInfo = () => {}, tick = NO_TICK, duty = "both" }: ServerParts<
    L
  >,
): { context: Context; log: L } {
  const opened: L[] = [];
  const log: Log = {
    debug() {},
    info: onInfo,
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
    duty,
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

/** Yields the events with which the state of each simulated server begins. */
export function* beginning({ server, cloaks }: EventLogParts): Iterable<Event> {
  const store = new ModelStore({ changes: [...RECORDS] });
  const ids = new EventIds();
  const newUserId = () => numberOf(ids.next(0));
  for (const event of restoring(store, server, { newUserId, cloaks })) {
    yield { ...event, id: ids.next(0), time: 0 };
  }
}

/** The log of an edge, in a process that may be killed before each event. */
export class StoppingLog extends FollowingLog {
  readonly #crashPoint: () => void;

  constructor(parts: EventLogParts, state: Iterable<Event>, crashPoint: () => void) {
    super(parts, state);
    this.#crashPoint = crashPoint;
  }

  override apply(event: Event): readonly User[] {
    this.#crashPoint();
    return super.apply(event);
  }
}

/** The fingerprints of certificates, each with the name of the account that it logs in to. */
export const ACCOUNTS = {
  "p0": "a0".repeat(32),
  "p1": "a1".repeat(32),
  "p5": "a5".repeat(32),
} as const;

/** The records with which each server begins: secrets that all nodes share, and accounts. */
export const RECORDS: readonly StoreChange[] = [...secrets(), ...accounts()];

function secrets(): StoreChange[] {
  const store = new ModelStore({ changes: [] });
  const clock = new FakeClock();
  const openLog = (parts: EventLogParts) => new FollowingLog(parts, []);
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

/** The facts about a client's connection, which are the same for all simulated clients. */
export const ORIGIN: Origin = {
  ...{ host: "127.0.0.1", local: { hostname: "127.0.0.1", port: 6667 } },
  ...{ encrypted: true, isWebSocket: false },
};
