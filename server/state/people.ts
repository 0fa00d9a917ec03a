/**
 * Everybody who is there, and the ways to find them: by id, nick, account and mode; and those who went
 * by a nick before. Only {@linkcode Network} changes it.
 *
 * @module
 */

import type { UserId } from "../events.ts";
import { FormerUsers } from "./former.ts";
import type { MutableUser } from "./mutable_state.ts";
import { Nicks } from "./nicks.ts";
import { UsersByAccount } from "./users_by_account.ts";
import { UsersByMode } from "./users_by_mode.ts";

/** Everybody who is there; see the module. */
export class People {
  readonly #byId = new Map<UserId, MutableUser>();
  #most = 0;
  /** Who goes by which nick. */
  readonly nicks: Nicks = new Nicks();
  /** Who is logged in to which account. */
  readonly byAccount: UsersByAccount = new UsersByAccount();
  /** Who has which mode. */
  readonly byMode: UsersByMode = new UsersByMode();
  /** Who went by which nick before. */
  readonly former: FormerUsers = new FormerUsers();

  /** By their ids, in the order of arrival. */
  get byId(): ReadonlyMap<UserId, MutableUser> {
    return this.#byId;
  }

  /** The most there were at a time. */
  get most(): number {
    return this.#most;
  }

  /** `user` has come. */
  add(user: MutableUser): void {
    this.#byId.set(user.actor.id, user);
    this.nicks.add(user.actor.nick, user);
    this.byAccount.add(user);
    this.#most = Math.max(this.#most, this.#byId.size);
  }

  /** `user` goes, at that time. */
  remove(user: MutableUser, time: number): void {
    for (const letter of user.modes) this.byMode.change(user, letter, false);
    this.#byId.delete(user.actor.id);
    this.nicks.delete(user.actor.nick, user);
    this.byAccount.remove(user);
    this.former.add(user, time);
  }

  /** `user` goes by another nick from that time on. */
  rename(user: MutableUser, nick: string, time: number): void {
    this.former.add(user, time);
    this.nicks.delete(user.actor.nick, user);
    this.nicks.add(nick, user);
    user.actor = { ...user.actor, nick, mask: `${nick}!${user.username}@${user.host}` };
  }
}
