/**
 * Who went by which nick before, for WHOWAS: the last thousand or two. Part of the network's state,
 * and changed by it alone.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Former, User } from "./state.ts";

/** At least so many former users are remembered, and at most twice as many. */
const FORMER_LIMIT = 1000;

/** Those who went by other nicks, or left. */
export class FormerUsers {
  #all: Former[] = [];

  /** Remembers `user`, who goes by that nick until `time`; milliseconds since 1970-01-01 UTC. */
  add({ actor: { nick }, username, host, address, realname }: User, time: number): void {
    this.#all.push({ nick, username, host, address, realname, time });
    if (this.#all.length > 2 * FORMER_LIMIT) this.#all = this.#all.slice(-FORMER_LIMIT);
  }

  /** Those who went by `nick`, the latest first. */
  of(nick: string): Former[] {
    const folded = casefold(nick);
    return this.#all.filter((each) => casefold(each.nick) === folded).reverse();
  }
}
