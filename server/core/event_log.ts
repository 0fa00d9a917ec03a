/**
 * Orders events. All changes are appended to the log as events, and nothing else stores or applies
 * an event while the server runs. {@linkcode LocalLog} decides the order by itself and applies each
 * event at once. Another log may apply an event later, for example once another server has
 * answered. Today, only a log in the tests does that. So a caller must not read the effects of its
 * event on the next line, but in an action that it passes to {@linkcode EventLog.afterwards}.
 *
 * @module
 */

import type { Cloaks } from "./cloaks.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Event, Unstamped } from "../events/events.ts";
import type { Actor, UserId } from "../events/actor.ts";
import { type EventId, EventIds, numberOf } from "../events/ids.ts";
import type { Network } from "../state/network.ts";
import { Persister } from "./persister.ts";
import type { User } from "../state/state.ts";
import { endAbandoned } from "./abandoned.ts";
import { restoring } from "./kept_records.ts";
import type { Store } from "../store/store.ts";
import type { Tick } from "../delivery/tick.ts";

/** A log that decides the order of events. */
export interface EventLog {
  /**
   * Appends `event`. The event gets its id and its time, is stored, and is applied to the network,
   * at once or later. All events have one order.
   *
   * @throws {StandardError} if the event must be stored and the store cannot write.
   */
  append(event: Unstamped): void;
  /**
   * Calls `action` as soon as all events appended so far have been applied: at once if there is
   * nothing to wait for. Each action is finished before the next one runs: the events that it
   * appends are applied, and the actions that it passes to `afterwards` are called.
   */
  afterwards(action: () => void): void;
  /**
   * Returns `event` with an id and the present time, without appending it: for events that only
   * some clients are shown.
   */
  stamp(event: Unstamped): Event;
  /** Returns an id that is greater than the ids of all events so far, and that no event gets. */
  nextId(): EventId;
  /** Returns an id for a new user. No user had it before, even in earlier runs of the server. */
  newUserId(): UserId;
  /**
   * Stops storing events: users are disconnected at shutdown, and that is not recorded as quitting.
   */
  stopKeeping(): void;
}

/** The parts that a log works on. */
export interface EventLogParts {
  /** The hosts that users see in place of addresses. */
  readonly cloaks: Cloaks;
  /** The clock for the times of events. */
  readonly clock: Clock;
  /** Delivers an event that was just applied to the users who see it. */
  readonly deliver: (event: Event, audience: readonly User[]) => void;
  /** The state that events are applied to. */
  readonly network: Network;
  /** The author of the events that restore the state. */
  readonly server: Actor;
  /** The store of events and records. */
  readonly store: Store;
  /** The tick, which is asked to commit and flush at the end of the turn. */
  readonly tick: Pick<Tick, "schedule">;
}

/** The log of a single server: each event is stamped, stored and applied when it is appended. */
export class LocalLog implements EventLog {
  readonly #parts: EventLogParts;
  readonly #ids: EventIds;
  #persister: Persister | undefined;

  /** Creates a log for the network, after restoring the network from the store. */
  constructor(parts: EventLogParts) {
    const { cloaks, network, server, store } = parts;
    this.#parts = parts;
    this.#ids = new EventIds(store.lastId);
    endAbandoned(store);
    if (!store.records("position")[Symbol.iterator]().next().done) leaveCluster(store);
    const newUserId = () => this.newUserId();
    for (const event of restoring(store, server, { newUserId, cloaks })) {
      network.apply(this.stamp(event));
    }
    this.#persister = new Persister(network, store);
  }

  append(event: Unstamped): void {
    const { deliver, network, tick } = this.#parts;
    const stamped = this.stamp(event);
    this.#persister?.before(stamped);
    deliver(stamped, network.apply(stamped));
    this.#persister?.after(stamped);
    tick.schedule();
  }

  afterwards(action: () => void): void {
    action();
  }

  stamp(event: Unstamped): Event {
    const time = this.#parts.clock.now();
    return { ...event, id: this.#ids.next(time), time };
  }

  nextId(): EventId {
    return this.#ids.next(this.#parts.clock.now());
  }

  newUserId(): UserId {
    return numberOf(this.nextId());
  }

  stopKeeping(): void {
    this.#persister = undefined;
  }
}

/**
 * Deletes the records that only a server of a cluster uses: a database that a single server changes
 * no longer has a position in the cluster's log. The records of what users have seen are deleted,
 * too, because another server may have shown these users more messages since.
 */
function leaveCluster(store: Store): void {
  for (const kind of ["position", "request", "seen"] as const) {
    for (const [key] of [...store.records(kind)]) store.keep(kind, key, undefined);
  }
}
