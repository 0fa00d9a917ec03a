/**
 * The channels of connected users, under the keys by which users are recognized when they come back
 * (see {@linkcode keysOf}). An event only marks its user as changed. The keys are updated later,
 * for many users at once, so that events stay cheap.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { UserId } from "../events/actor.ts";
import { isConnected } from "../state/recipient.ts";
import type { User } from "../state/state.ts";

/** The connected users and their channels, by the users' keys. */
export class PresentUsers {
  readonly #marked = new Set<UserId>();
  readonly #keys = new Map<UserId, readonly string[]>();
  readonly #users = new Map<string, Map<UserId, User>>();

  /**
   * Notes that something of the user with this id may have changed: their channels, nick or
   * account.
   */
  mark(id: UserId): void {
    this.#marked.add(id);
  }

  /**
   * Brings the keys and users up to date with the marked changes; `find` returns the user with an
   * id. Returns the keys whose users or channels may have changed.
   */
  update(find: (id: UserId) => User | undefined): Set<string> {
    const changed = new Set<string>();
    for (const id of this.#marked) {
      for (const key of this.#keys.get(id) ?? []) {
        changed.add(key);
        this.#remove(key, id);
      }
      const user = find(id);
      const keys = user && isConnected(user) ? keysOf(user) : [];
      if (user && keys.length > 0) this.#keys.set(id, keys);
      else this.#keys.delete(id);
      for (const key of keys) {
        changed.add(key);
        if (user) this.#usersOf(key).set(id, user);
      }
    }
    this.#marked.clear();
    return changed;
  }

  /** Returns the folded names of the channels in which the users with `key` are. */
  channelsOf(key: string): string[] {
    const users = [...this.#users.get(key)?.values() ?? []];
    return [
      ...new Set(users.flatMap(({ channels }) => [...channels].map(({ name }) => casefold(name)))),
    ];
  }

  #usersOf(key: string): Map<UserId, User> {
    const users = this.#users.get(key) ?? new Map<UserId, User>();
    this.#users.set(key, users);
    return users;
  }

  #remove(key: string, id: UserId): void {
    const users = this.#usersOf(key);
    users.delete(id);
    if (users.size === 0) this.#users.delete(key);
  }
}

/**
 * Returns the keys by which `user` is recognized after coming back: one for the account, if there
 * is one, and one for the nick and address.
 */
export function keysOf({ actor: { account, nick }, address }: User): string[] {
  const byNick = `~${casefold(nick)} ${address}`;
  return account === undefined ? [byNick] : [casefold(account), byNick];
}
