/**
 * The nicks that users monitor, in use or not. Part of the network's state. Kept in both directions, so
 * that the cost of an event depends only on the number of users who monitor its author.
 *
 * Source: https://ircv3.net/specs/extensions/monitor
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { User } from "./state.ts";

/** The largest number of nicks that one user can monitor. */
export const MONITOR_LIMIT = 100;

const NOBODY: ReadonlySet<User> = new Set();

/** The monitored nicks. */
export class Monitors {
  readonly #watchers = new Map<string, Set<User>>();
  readonly #nicks = new Map<User, Map<string, string>>();

  /** Returns the users who monitor `nick`. */
  watchersOf(nick: string): ReadonlySet<User> {
    return this.#watchers.get(casefold(nick)) ?? NOBODY;
  }

  /** Returns the nicks that `user` monitors, as written and in the order they were added. */
  nicksOf(user: User): string[] {
    return [...this.#nicks.get(user)?.values() ?? []];
  }

  /** Adds these nicks to the list of `user`, or removes them. */
  change(user: User, nicks: Iterable<string>, add: boolean): void {
    for (const nick of nicks) {
      if (add) this.#add(user, nick);
      else this.#remove(user, nick);
    }
  }

  /** Removes the list of a user who left. */
  forget(user: User): void {
    this.change(user, this.nicksOf(user), false);
  }

  #add(user: User, nick: string): void {
    const folded = casefold(nick);
    const nicks = this.#nicks.get(user) ?? new Map<string, string>();
    const watchers = this.#watchers.get(folded) ?? new Set<User>();
    this.#nicks.set(user, nicks.set(folded, nick));
    this.#watchers.set(folded, watchers.add(user));
  }

  #remove(user: User, nick: string): void {
    const folded = casefold(nick);
    const nicks = this.#nicks.get(user);
    const watchers = this.#watchers.get(folded);
    nicks?.delete(folded);
    watchers?.delete(user);
    if (nicks?.size === 0) this.#nicks.delete(user);
    if (watchers?.size === 0) this.#watchers.delete(folded);
  }
}
