/**
 * The logs of events on the servers of a cluster. The log of the deciding context hands over each
 * event that a session appends, so that it gets into the log of the cluster. The log of an edge
 * only applies the events that the log of the cluster has.
 *
 * @module
 */

import { endAbandoned } from "../core/abandoned.ts";
import type { EventLog, EventLogParts } from "../core/event_log.ts";
import { restoring } from "../core/kept_records.ts";
import { Persister } from "../core/persister.ts";
import type { UserId } from "../events/actor.ts";
import type { Event, Unstamped } from "../events/events.ts";
import type { User } from "../state/state.ts";
import { type EventId, EventIds, numberOf } from "../events/ids.ts";

/** A log of a server in a cluster. */
export abstract class ClusterLog implements EventLog {
  /** The parts of the server that the log works on. */
  protected readonly parts: EventLogParts;
  readonly #persister: Persister;
  readonly #ids: EventIds;

  /**
   * Begins with the state that the events in `state` make. By default, these are the events that
   * restore the state from the store. `lastId` is the greatest id of an event so far.
   */
  constructor(parts: EventLogParts, state: Iterable<Event> | undefined, lastId?: EventId) {
    const { network, store } = parts;
    this.parts = parts;
    const lastStored = store.lastId ?? "";
    this.#ids = new EventIds(lastId !== undefined && lastId > lastStored ? lastId : store.lastId);
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
    this.#persister.before(event);
    const audience = network.apply(event);
    deliver(event, audience);
    this.#persister.after(event);
    tick.schedule();
    return audience;
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

/** The log of a server's edge. */
export class FollowingLog extends ClusterLog {
  /** Fails: only the leader appends events. */
  append(event: Unstamped): void {
    throw new Error(`a server that follows has appended ${event.type}`);
  }

  /** Applies an event that the store and the clients have already. */
  replay(event: Event): void {
    this.parts.network.apply(event);
  }
}

/** The log of the part that decides. It appends nothing itself: `decided` takes each event. */
export class DecidingLog extends ClusterLog {
  /** Takes each event that a session has decided. */
  decided: (event: Event) => void = () => {};

  /** Passes the event on, with its id and time. */
  append(event: Unstamped): void {
    this.decided(this.stamp(event));
  }
}
