/**
 * The users, by id, nick, account and mode; and the nicks that users had before they left or
 * changed nicks. Part of the network's state.
 *
 * @module
 */

import type { UserId } from "../events/actor.ts";
import { FormerUsers } from "./former.ts";
import type { MutableUser } from "./mutable_state.ts";
import { Nicks } from "./nicks.ts";
import { UsersByAccount } from "./users_by_account.ts";
import { UsersByMode } from "./users_by_mode.ts";

/** The users. */
export class People {
  readonly #byId = new Map<UserId, MutableUser>();
  #most = 0;
  /** The users by nick. */
  readonly nicks: Nicks = new Nicks();
  /** The users by account. */
  readonly byAccount: UsersByAccount = new UsersByAccount();
  /** The users by mode. */
  readonly byMode: UsersByMode = new UsersByMode();
  /** The users who left or changed nicks. */
  readonly former: FormerUsers = new FormerUsers();

  /** All users, by id, in the order in which they connected. */
  get byId(): ReadonlyMap<UserId, MutableUser> {
    return this.#byId;
  }

  /** The largest number of users at one time. */
  get most(): number {
    return this.#most;
  }

  /** Notes that there have been `users` users at one time. */
  noteMost(users: number): void {
    this.#most = Math.max(this.#most, users);
  }

  /** Adds a user who has connected. */
  add(user: MutableUser): void {
    this.#byId.set(user.actor.id, user);
    this.nicks.add(user.actor.nick, user);
    this.byAccount.add(user);
    this.noteMost(this.#byId.size);
  }

  /** Removes a user who left at `time`. */
  remove(user: MutableUser, time: number): void {
    for (const letter of user.modes) this.byMode.change(user, letter, false);
    this.#byId.delete(user.actor.id);
    this.nicks.delete(user.actor.nick, user);
    this.byAccount.remove(user);
    this.former.add(user, time);
  }

  /** Changes the nick of `user`, at `time`. */
  rename(user: MutableUser, nick: string, time: number): void {
    this.former.add(user, time);
    this.nicks.delete(user.actor.nick, user);
    this.nicks.add(nick, user);
    user.actor = { ...user.actor, nick, mask: `${nick}!${user.username}@${user.host}` };
    for (const { members } of user.channels) members.renamed();
  }
}
