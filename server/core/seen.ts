/**
 * Remembers for some minutes how far a user was sent the messages of a channel that the user has
 * left. After coming back, the user is not shown these messages again. A user is recognized by a
 * key: their account, or their nick and address. These facts belong to this server alone and are
 * not part of the state. The store also keeps the channels of connected users: if the server
 * crashes, these users count as having been sent all messages that were stored.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Clock, Moment } from "../../shared/clock.ts";
import type { UserId } from "../events/actor.ts";
import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { Seen } from "../events/records.ts";
import type { Network } from "../state/network.ts";
import { CHANNEL_LIMIT } from "../state/permissions.ts";
import { isConnected } from "../state/recipient.ts";
import type { User } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import { keysOf, PresentUsers } from "./present_users.ts";

/** The time for which a user is remembered after leaving, in milliseconds. */
export const SEEN_MS = 10 * 60_000;
/**
 * The largest number of keys under which users who left are remembered (a user with an account has
 * two); the first to leave are forgotten first.
 */
const LIMIT = 10_000;
/** The largest number of records in the store, including the records of connected users. */
export const SEEN_LIMIT: number = 2 * LIMIT;
/** The least time between two updates of the stored records, in milliseconds. */
const KEEP_MS = 1000;
/** The largest number of records that one update changes. */
const KEEP_COUNT = 500;

/**
 * The same as {@linkcode Seen}, but with the time of leaving as a moment of the monotonic clock of
 * this process.
 */
interface SeenThen extends Pick<Seen, "channels"> {
  readonly at: Moment;
}

/** The parts of a store that {@linkcode SeenMessages} uses. */
export type SeenStore = Pick<Store, "keep" | "lastId" | "records">;

/** A store that has no records, and keeps none. */
export const NOTHING_SEEN: SeenStore = { lastId: undefined, keep() {}, records: () => [] };

/** The ids up to which users were sent the messages of channels that they left lately. */
export class SeenMessages {
  readonly #clock: Clock;
  readonly #store: SeenStore;
  /** The seen messages, by the keys of the users, in the order in which the users left. */
  readonly #byUser = new Map<string, SeenThen>();
  readonly #present = new PresentUsers();
  /** The keys of users whose records in the store may be out of date. */
  readonly #changed = new Set<string>();
  /** The keys of the records in the store. */
  readonly #stored = new Set<string>();
  #keptAt: Moment;

  /** Continues with what an earlier run has kept in `store`. */
  constructor(store: SeenStore, clock: Clock) {
    this.#clock = clock;
    this.#store = store;
    this.#keptAt = clock.moment();
    const found = Array.from(
      store.records("seen"),
      ([key, seen]) => ({ key, ...this.#restored(seen) }),
    );
    for (const { key, at, channels } of found.toSorted((one, other) => one.at.ms - other.at.ms)) {
      this.#stored.add(key);
      this.#changed.add(key);
      this.#byUser.set(key, { at, channels });
    }
  }

  /** Notes that the channels, the nick or the account of the user with this id may have changed. */
  mark(id: UserId): void {
    this.#present.mark(id);
  }

  /** Notes what `event`, which was just applied to `network`, changes. */
  follow(event: Event, network: Pick<Network, "channel" | "users">): void {
    switch (event.type) {
      case "Kicked":
      case "Parted": {
        const user = network.users.get(event.type === "Kicked" ? event.user : event.by.id);
        if (user && isConnected(user)) this.remember(user, [event.channel], event.id);
        return;
      }
      case "Renamed": {
        const members = network.channel(event.name)?.members.keys() ?? [];
        return this.rename(event.channel, event.name, members);
      }
      case "Joined":
      case "LoggedIn":
      case "NickChanged":
      case "Quit":
        return this.mark(event.by.id);
    }
  }

  /** Remembers that `user` was sent the messages of these channels up to `upTo`. */
  remember(user: User, channels: Iterable<string>, upTo: EventId): void {
    const at = this.#clock.moment();
    this.mark(user.actor.id);
    for (const key of keysOf(user)) {
      const earlier = this.#current(key)?.channels ?? [];
      const seen = new Map(earlier);
      for (const channel of channels) {
        const name = casefold(channel);
        seen.delete(name);
        seen.set(name, upTo);
      }
      this.#byUser.delete(key);
      this.#changed.add(key);
      const latest = [...seen].slice(-CHANNEL_LIMIT);
      if (latest.length > 0) this.#byUser.set(key, { at, channels: latest });
    }
    this.#forget();
  }

  /**
   * Returns the id up to which `user` had been sent the messages of `channel` before leaving it;
   * `undefined` if that is not remembered.
   */
  upTo(user: User, channel: string): EventId | undefined {
    for (const key of keysOf(user)) {
      const found = this.#current(key)?.channels.find(([name]) => name === casefold(channel));
      if (found) return found[1];
    }
    return undefined;
  }

  /** Renames a channel. `members` are its present members. */
  rename(from: string, to: string, members: Iterable<User>): void {
    const [before, after] = [casefold(from), casefold(to)];
    for (const { actor } of members) this.mark(actor.id);
    for (const [key, { at, channels }] of this.#byUser) {
      if (!channels.some(([name]) => name === before || name === after)) continue;
      const renamed = channels.filter(([name]) => before === after || name !== after)
        .map(([name, upTo]) => [name === before ? after : name, upTo] as const);
      this.#byUser.set(key, { at, channels: renamed });
      this.#changed.add(key);
    }
  }

  /** Updates records in the store, at most once a second. `find` returns the user with an id. */
  keepSome(find: (id: UserId) => User | undefined): void {
    const now = this.#clock.moment();
    if (now.since(this.#keptAt) < KEEP_MS) return;
    this.#keptAt = now;
    this.#keep(find, KEEP_COUNT);
  }

  /** Updates all records in the store, for the next run of the server. */
  keepAll(find: (id: UserId) => User | undefined): void {
    this.#keep(find, Infinity);
  }

  #keep(find: (id: UserId) => User | undefined, count: number): void {
    for (const key of this.#present.update(find)) this.#changed.add(key);
    this.#forget();
    let left = count;
    for (const key of this.#changed) {
      if (left-- <= 0) return;
      this.#changed.delete(key);
      this.#keepRecord(key);
    }
  }

  #keepRecord(key: string): void {
    const seen = this.#byUser.get(key);
    const open = this.#present.channelsOf(key);
    if (!seen && open.length === 0) {
      if (this.#stored.delete(key)) this.#store.keep("seen", key, undefined);
      return;
    }
    const isKnown = this.#stored.has(key);
    if (!isKnown && this.#stored.size >= SEEN_LIMIT) return;
    this.#stored.add(key);
    const now = this.#clock.moment();
    const time = this.#clock.now() - (seen ? now.allSince(seen.at) : 0);
    const record = { time, channels: seen?.channels ?? [], ...(open.length > 0 && { open }) };
    this.#store.keep("seen", key, record);
  }

  /** Converts a record of an earlier run; its time becomes a moment of this run. */
  #restored({ time, channels, open = [] }: Seen): SeenThen {
    const { lastId } = this.#store;
    const now = this.#clock.moment();
    if (open.length === 0 || lastId === undefined) {
      return { at: now.plus(-Math.max(0, this.#clock.now() - time)), channels };
    }
    // The last run has crashed: the user was connected until then.
    const seen = new Map(channels);
    for (const name of open) seen.set(name, lastId);
    return { at: now, channels: [...seen] };
  }

  /**
   * Forgets users who left too long ago and, if too many users are remembered, those who left
   * first.
   */
  #forget(): void {
    const now = this.#clock.moment();
    for (const [key, seen] of this.#byUser) {
      if (this.#byUser.size <= LIMIT && now.since(seen.at) < SEEN_MS) return;
      this.#byUser.delete(key);
      this.#changed.add(key);
    }
  }

  #current(key: string): SeenThen | undefined {
    const seen = this.#byUser.get(key);
    return seen && this.#clock.moment().since(seen.at) < SEEN_MS ? seen : undefined;
  }
}
