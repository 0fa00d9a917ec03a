/**
 * The nicks that clients monitor, whether or not these nicks are in use. A client's list ends with
 * the client. So the lists concern this server alone and are not part of the state: applying an
 * event neither reads nor changes them. They are indexed by client and by nick, so the cost of an
 * event depends only on the number of clients that monitor its author.
 *
 * Source: https://ircv3.net/specs/extensions/monitor
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Recipient } from "./recipient.ts";
import type { User } from "./state.ts";

/** The largest number of nicks that one client can monitor. */
export const MONITOR_LIMIT = 100;

/** A client that can monitor nicks. */
export interface Watcher extends Recipient {
  /** The client's user; `undefined` before the client has registered and after it has left. */
  readonly user: User | undefined;
}

const NOBODY: ReadonlySet<Watcher> = new Set();

/** The monitored nicks. */
export class Monitors {
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #nicks = new Map<Watcher, Map<string, string>>();

  /** Returns the clients that monitor `nick`. */
  watchersOf(nick: string): ReadonlySet<Watcher> {
    return this.#watchers.get(casefold(nick)) ?? NOBODY;
  }

  /**
   * Returns the nicks that a client monitors, spelled as the client wrote them, in the order in
   * which they were added.
   */
  nicksOf(watcher: Watcher): string[] {
    return [...this.#nicks.get(watcher)?.values() ?? []];
  }

  /** Adds a nick to the list of a client. */
  add(watcher: Watcher, nick: string): void {
    const folded = casefold(nick);
    const nicks = this.#nicks.get(watcher) ?? new Map<string, string>();
    const watchers = this.#watchers.get(folded) ?? new Set<Watcher>();
    this.#nicks.set(watcher, nicks.set(folded, nick));
    this.#watchers.set(folded, watchers.add(watcher));
  }

  /** Removes a nick from the list of a client. */
  remove(watcher: Watcher, nick: string): void {
    const folded = casefold(nick);
    const nicks = this.#nicks.get(watcher);
    const watchers = this.#watchers.get(folded);
    nicks?.delete(folded);
    watchers?.delete(watcher);
    if (nicks?.size === 0) this.#nicks.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(folded);
  }

  /** Removes the list of a client that left. */
  forget(watcher: Watcher): void {
    for (const nick of this.nicksOf(watcher)) this.remove(watcher, nick);
  }
}
