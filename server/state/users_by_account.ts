/**
 * Who is logged in to which account. Part of the network's state, and changed by it alone.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { MutableUser } from "./mutable_state.ts";
import type { User } from "./state.ts";

const NOBODY: ReadonlySet<User> = new Set();

/** Users by their accounts: several, if they are under several nicks. */
export class UsersByAccount {
  readonly #byAccount = new Map<string, Set<User>>();

  /** Who is logged in to `account`. */
  of(account: string): ReadonlySet<User> {
    return this.#byAccount.get(casefold(account)) ?? NOBODY;
  }

  /** `user` is logged in to `account` from now on; without one, to none. */
  change(user: MutableUser, account: string | undefined): void {
    this.remove(user);
    const { account: _, ...actor } = user.actor;
    user.actor = account === undefined ? actor : { ...actor, account };
    this.add(user);
  }

  /** `user` has come. */
  add(user: User): void {
    const { account } = user.actor;
    if (account === undefined) return;
    const key = casefold(account);
    const users = this.#byAccount.get(key) ?? new Set();
    this.#byAccount.set(key, users.add(user));
  }

  /** `user` is gone. */
  remove(user: User): void {
    const key = casefold(user.actor.account ?? "");
    const users = this.#byAccount.get(key);
    if (users?.delete(user) && users.size === 0) this.#byAccount.delete(key);
  }
}
