/**
 * Stores each event in history before it is applied and, after it is applied, the records that it
 * changed. The rows in `server/kinds/` define the stored data of each kind of event. This module
 * has no dependency on clients or databases.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Event } from "../events/events.ts";
import { kindOf } from "../kinds/kinds.ts";
import { endStored } from "./abandoned.ts";
import { saveChannel } from "../kinds/saving.ts";
import type { Network } from "../state/network.ts";
import { StandardError } from "../irc/replies.ts";
import type { Channel } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import { SERVER_TEXTS } from "../texts/server.ts";

const NONE: readonly Channel[] = [];

/** Stores events. */
export class Persister {
  readonly #network: Network;
  readonly #store: Store;
  #touched: readonly Channel[] = NONE;
  /** The channels whose stored record says already that they were used. */
  readonly #usedRecords = new WeakSet<Channel>();

  /** Stores the events of `network` in `store`. */
  constructor(network: Network, store: Store) {
    this.#network = network;
    this.#store = store;
  }

  /**
   * Stores an event that is about to be applied, if it belongs to a history.
   *
   * @throws {StandardError} if the event must be stored and the store cannot write.
   */
  before(event: Event): void {
    const isFull = this.#store.trouble !== undefined;
    const kind = kindOf(event);
    const refused = isFull ? kind.whileFull?.(event) : undefined;
    if (refused) throw cannotStore(...refused);
    // While the store cannot write, histories get no events: they would fill the memory.
    const keys = isFull ? undefined : kind.history?.(event, this.#network);
    for (const key of keys ?? []) this.#store.append(key, event);
    kind.rewrite?.(event, this.#network, this.#store);
    this.#touched = kind.mayEnd?.(event, this.#network) ?? NONE;
  }

  /** Saves the records that the event, which has just been applied, has changed. */
  after(event: Event): void {
    for (const channel of this.#touched) this.#saveOrEnd(channel, event);
    kindOf(event).save?.(event, this.#network, this.#store);
  }

  /**
   * Deletes the record of a channel that `event` has ended. Saves a channel that goes on without
   * members, so that its record says that the channel was used. Once a record says so, the channel
   * is not saved again: nothing else in the record has changed, and records may be large. After
   * `AccountRemoved`, a channel is always saved, because its ranks or lists have changed, too.
   */
  #saveOrEnd(channel: Channel, event: Event): void {
    if (!this.#network.channels.has(casefold(channel.name))) {
      return endStored(channel, this.#store);
    }
    if (event.type !== "AccountRemoved" && this.#usedRecords.has(channel)) return;
    saveChannel(channel, this.#store);
    if (channel.used) this.#usedRecords.add(channel);
  }
}

/**
 * Returns the error for an event that cannot be stored. Its code is the one of
 * https://ircv3.net/specs/extensions/account-registration, "Responses".
 */
function cannotStore(command: string, about: string): StandardError {
  const text = SERVER_TEXTS.temporarilyUnavailable;
  return new StandardError(command, "TEMPORARILY_UNAVAILABLE", about, text);
}
