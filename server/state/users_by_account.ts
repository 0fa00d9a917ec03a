/**
 * The users who are logged in to each account. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { MutableUser } from "./mutable_state.ts";
import type { User } from "./state.ts";

const NOBODY: ReadonlySet<User> = new Set();

/** The users by account; several users of one account have different nicks. */
export class UsersByAccount {
  readonly #byAccount = new Map<string, Set<User>>();

  /** The users by folded name of their account, each in the order in which they logged in. */
  get all(): ReadonlyMap<string, ReadonlySet<User>> {
    return this.#byAccount;
  }

  /** Returns the users who are logged in to `account`. */
  of(account: string): ReadonlySet<User> {
    return this.#byAccount.get(casefold(account)) ?? NOBODY;
  }

  /** Logs `user` in to `account`, or out if it is `undefined`. */
  change(user: MutableUser, account: string | undefined): void {
    this.remove(user);
    const { account: _, ...actor } = user.actor;
    user.actor = account === undefined ? actor : { ...actor, account };
    this.add(user);
  }

  /** Adds a user who has connected. */
  add(user: User): void {
    const { account } = user.actor;
    if (account === undefined) return;
    const key = casefold(account);
    const users = this.#byAccount.get(key) ?? new Set();
    this.#byAccount.set(key, users.add(user));
  }

  /** Puts the users of an account, given by its folded name, into this order. */
  order(account: string, users: readonly User[]): void {
    this.#byAccount.set(account, new Set(users));
  }

  /** Removes a user who has left. */
  remove(user: User): void {
    const key = casefold(user.actor.account ?? "");
    const users = this.#byAccount.get(key);
    if (users?.delete(user) && users.size === 0) this.#byAccount.delete(key);
  }
}
