/**
 * Who watches which nick, whether or not somebody goes by it. Part of the network's state, and changed
 * by it alone; both directions are kept, so that an event costs no more than it has watchers. It
 * knows nothing of what watchers are told.
 *
 * Source: https://ircv3.net/specs/extensions/monitor
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { User } from "./state.ts";

/** The nicks that one user may watch. */
export const WATCH_LIMIT = 100;

const NOBODY: ReadonlySet<User> = new Set();

/** Who watches which nick; see the module. */
export class Watches {
  readonly #watchers = new Map<string, Set<User>>();
  readonly #nicks = new Map<User, Map<string, string>>();

  /** Those who watch `nick`. */
  watchersOf(nick: string): ReadonlySet<User> {
    return this.#watchers.get(casefold(nick)) ?? NOBODY;
  }

  /** The nicks that `user` watches, as they wrote them, in their order. */
  nicksOf(user: User): string[] {
    return [...this.#nicks.get(user)?.values() ?? []];
  }

  /** From now on, `user` watches these nicks, or does not. */
  change(user: User, nicks: Iterable<string>, add: boolean): void {
    for (const nick of nicks) {
      if (add) this.#add(user, nick);
      else this.#remove(user, nick);
    }
  }

  /** `user` is gone, and watches nobody. */
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
