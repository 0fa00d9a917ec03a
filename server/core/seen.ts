/**
 * Remembers for some minutes how far users who left a channel had been sent its messages, so that these
 * are not shown again when they come back. A user is recognized by their account, or by their nick and
 * address. These facts belong to this server alone and are not part of the state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Clock, Moment } from "../../shared/clock.ts";
import type { EventId } from "../events/ids.ts";
import type { Seen } from "../events/records.ts";
import type { User } from "../state/state.ts";
import type { Store } from "../store/store.ts";

/** The time for which a user is remembered, in milliseconds. */
export const SEEN_MS = 10 * 60_000;
/** The largest number of users that are remembered; the first to leave are forgotten first. */
const LIMIT = 10_000;

/** As {@linkcode Seen}, with the moment when the user left. */
interface SeenThen extends Pick<Seen, "channels"> {
  readonly at: Moment;
}

/** The messages that users had been sent; see the module. */
export class SeenMessages {
  readonly #clock: Clock;
  /** By the key of the user, in the order in which they left. */
  readonly #byUser = new Map<string, SeenThen>();

  /** Continues with what an earlier run has saved in `store`. */
  constructor(store: Store, clock: Clock) {
    this.#clock = clock;
    for (const [key, { time, channels }] of store.records("seen")) {
      const age = Math.max(0, clock.now() - time);
      this.#byUser.set(key, { at: clock.moment().plus(-age), channels });
      store.keep("seen", key, undefined);
    }
  }

  /** Remembers that `user` was sent the messages of these channels up to `upTo`. */
  remember(user: User, channels: Iterable<string>, upTo: EventId): void {
    const at = this.#clock.moment();
    for (const key of keysOf(user)) {
      const earlier = this.#current(key)?.channels ?? [];
      const seen = new Map(earlier);
      for (const channel of channels) seen.set(casefold(channel), upTo);
      this.#byUser.delete(key);
      if (seen.size > 0) this.#byUser.set(key, { at, channels: [...seen] });
    }
    for (const [key, seen] of this.#byUser) {
      if (this.#byUser.size <= LIMIT && at.since(seen.at) < SEEN_MS) return;
      this.#byUser.delete(key);
    }
  }

  /** Returns the id up to which `user` had been sent the messages of `channel`, if it is remembered. */
  upTo(user: User, channel: string): EventId | undefined {
    for (const key of keysOf(user)) {
      const found = this.#current(key)?.channels.find(([name]) => name === casefold(channel));
      if (found) return found[1];
    }
    return undefined;
  }

  /** Renames a channel. */
  rename(from: string, to: string): void {
    const [before, after] = [casefold(from), casefold(to)];
    for (const [key, { at, channels }] of this.#byUser) {
      const renamed = channels.filter(([name]) => before === after || name !== after)
        .map(([name, upTo]) => [name === before ? after : name, upTo] as const);
      this.#byUser.set(key, { at, channels: renamed });
    }
  }

  /** Saves everything in `store` for the next run. */
  save(store: Store): void {
    const now = this.#clock.moment();
    for (const [key, { at, channels }] of this.#byUser) {
      store.keep("seen", key, { time: this.#clock.now() - now.allSince(at), channels });
    }
  }

  #current(key: string): SeenThen | undefined {
    const seen = this.#byUser.get(key);
    return seen && this.#clock.moment().since(seen.at) < SEEN_MS ? seen : undefined;
  }
}

/** Returns the keys by which `user` is recognized: of the account, if there is one, and of the nick. */
function keysOf({ actor: { account, nick }, address }: User): string[] {
  const byNick = `~${casefold(nick)} ${address}`;
  return account === undefined ? [byNick] : [casefold(account), byNick];
}
