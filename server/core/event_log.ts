/**
 * Orders events. All changes are appended to the log as events, and nothing else stores or applies
 * an event while the server runs. Every log applies an event when it is appended, so a caller can
 * read the effects of its event on the next line.
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
   * Appends `event`. The event gets its id and its time, is stored, and is applied to the network.
   * All events have one order.
   *
   * @throws {StandardError} if the event must be stored and the store cannot write.
   */
  append(event: Unstamped): void;
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

/** A log that applies each event to the network, the store and the clients of this server. */
export abstract class ApplyingLog implements EventLog {
  /** The parts of the server that the log works on. */
  protected readonly parts: EventLogParts;
  readonly #ids: EventIds;
  #persister: Persister | undefined;

  /**
   * Begins with the state that the events in `state` make. By default, these are the events that
   * restore the state from the store. `lastId` is the greatest id of an event so far, if that event
   * is not in the store.
   */
  constructor(parts: EventLogParts, state?: Iterable<Event>, lastId: EventId = "") {
    const { network, store } = parts;
    this.parts = parts;
    this.#ids = new EventIds(lastId > (store.lastId ?? "") ? lastId : store.lastId);
    for (const event of state ?? this.#restoring()) network.apply(event);
    this.#persister = new Persister(network, store);
  }

  *#restoring(): Iterable<Event> {
    const { cloaks, server, store } = this.parts;
    endAbandoned(store);
    const newUserId = () => this.newUserId();
    for (const event of restoring(store, server, { newUserId, cloaks })) yield this.stamp(event);
  }

  abstract append(event: Unstamped): void;

  /**
   * Stores, applies and delivers an event; returns the users who see it.
   *
   * @throws {StandardError} if the event must be stored and the store cannot write.
   */
  apply(event: Event): readonly User[] {
    const { deliver, network, tick } = this.parts;
    this.#persister?.before(event);
    const audience = network.apply(event);
    deliver(event, audience);
    this.#persister?.after(event);
    tick.schedule();
    return audience;
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

  stopKeeping(): void {
    this.#persister = undefined;
  }
}

/** The log of a single server: each event is stamped and applied when it is appended. */
export class LocalLog extends ApplyingLog {
  /** Creates a log for the network, after restoring the network from the store. */
  constructor(parts: EventLogParts) {
    super(parts);
    leaveCluster(parts.store);
  }

  /** Stamps and applies the event. */
  append(event: Unstamped): void {
    this.apply(this.stamp(event));
  }
}

/**
 * Deletes the records that only a server of a cluster uses, if the store comes from one: a database
 * that a single server changes no longer has a position in the cluster's log. The records of what
 * users have seen are deleted, too, because another server may have shown these users more messages
 * since.
 */
function leaveCluster(store: Store): void {
  if (store.records("position")[Symbol.iterator]().next().done) return;
  for (const kind of ["position", "request", "seen"] as const) {
    for (const [key] of [...store.records(kind)]) store.keep(kind, key, undefined);
  }
}
