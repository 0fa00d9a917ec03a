/**
 * The order of events. Everything that happens is appended to the log, and nothing else stamps, keeps
 * or applies an event. {@linkcode LocalLog} decides the order by itself and applies each event at
 * once. Another log may ask elsewhere and apply it later, so a caller does not read what its event
 * brought about on the next line: it gives {@linkcode EventLog.afterwards} an action that does.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { Event, Unstamped } from "../events/events.ts";
import type { Actor, UserId } from "../events/actor.ts";
import { EventIds, numberOf } from "../events/ids.ts";
import type { Network } from "../state/network.ts";
import { Persister } from "./persister.ts";
import type { User } from "../state/state.ts";
import { restoring } from "./kept_records.ts";
import type { Store } from "../store/store.ts";
import type { Tick } from "../delivery/tick.ts";

/** The place where the order of events is decided; see the module. */
export interface EventLog {
  /**
   * Appends `event`. It gets its id and its time, is kept, and is applied to the network: at once or
   * later, but in one order for all events.
   *
   * @throws {StandardError} if it must not happen without being kept, and nothing can be kept.
   */
  append(event: Unstamped): void;
  /**
   * Calls `action` as soon as everything appended so far has been applied: at once, where it has been.
   * Actions run in the order in which they would run if each event were applied at once. So what an
   * action appends is applied, and an action that it gives is called, before the action given next.
   */
  afterwards(action: () => void): void;
  /** Returns `event` with an id and a time of now. It is not appended: only some clients are shown it. */
  stamp(event: Unstamped): Event;
  /** Returns an id for a new user, which nobody had before, nor in an earlier run of the server. */
  newUserId(): UserId;
  /** Stops keeping events: when the server ends, everybody leaves, which is nothing that they did. */
  stopKeeping(): void;
}

/** The parts that a log works on. */
export interface EventLogParts {
  /** Dates events. */
  readonly clock: Clock;
  /** Delivers an event, which was just applied, to the users who see it. */
  readonly deliver: (event: Event, audience: readonly User[]) => void;
  /** The state that events are applied to. */
  readonly network: Network;
  /** The author of the events that restore the state. */
  readonly server: Actor;
  /** The place where events and records are kept. */
  readonly store: Store;
  /** Is told that there is something to commit. */
  readonly tick: Pick<Tick, "schedule">;
}

/** The log of a server that is alone: each event is stamped, kept and applied when it is appended. */
export class LocalLog implements EventLog {
  readonly #parts: EventLogParts;
  readonly #ids: EventIds;
  #keeper: Persister | undefined;

  /** Restores the network to what the store has, and goes on from there. */
  constructor(parts: EventLogParts) {
    const { network, server, store } = parts;
    this.#parts = parts;
    this.#ids = new EventIds(store.lastId);
    for (const event of restoring(store, server, () => this.newUserId())) {
      network.apply(this.stamp(event));
    }
    this.#keeper = new Persister(network, store);
  }

  append(event: Unstamped): void {
    const { deliver, network, tick } = this.#parts;
    const stamped = this.stamp(event);
    this.#keeper?.before(stamped);
    deliver(stamped, network.apply(stamped));
    this.#keeper?.after(stamped);
    tick.schedule();
  }

  afterwards(action: () => void): void {
    action();
  }

  stamp(event: Unstamped): Event {
    return { ...event, ...this.#ids.stamp(this.#parts.clock.now()) };
  }

  newUserId(): UserId {
    return numberOf(this.#ids.next(this.#parts.clock.now()));
  }

  stopKeeping(): void {
    this.#keeper = undefined;
  }
}
