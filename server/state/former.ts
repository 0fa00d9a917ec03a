/**
 * The last users who left or changed nicks, for WHOWAS. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Former } from "../events/restoring.ts";
import type { User } from "./state.ts";

/**
 * The number of the latest former users that are always remembered. The list can get twice as long,
 * so that it is shortened only rarely.
 */
const FORMER_LIMIT = 1000;

/** The users who left or changed nicks. */
export class FormerUsers {
  #all: { readonly key: string; readonly user: Former }[] = [];

  /**
   * Remembers `user`, with the nick that they had until `time`, in milliseconds since 1970-01-01
   * UTC.
   */
  add({ actor: { nick }, username, host, address, realname }: User, time: number): void {
    this.save({ nick, username, host, address, realname, time });
  }

  /** Remembers a former user. */
  save(user: Former): void {
    this.#all.push({ key: casefold(user.nick), user });
    if (this.#all.length > 2 * FORMER_LIMIT) this.#all = this.#all.slice(-FORMER_LIMIT);
  }

  /** Returns all former users, the latest last. */
  all(): Former[] {
    return this.#all.map(({ user }) => user);
  }

  /** Returns the users who had the nick `nick`, the latest first. */
  of(nick: string): Former[] {
    const key = casefold(nick);
    return this.#all.flatMap((each) => each.key === key ? [each.user] : []).reverse();
  }
}
