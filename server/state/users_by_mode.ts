/**
 * The users by user mode (of the server, such as `o` for operators). Part of the network's state.
 *
 * @module
 */

import { type MutableUser, setFlag } from "./mutable_state.ts";
import type { User } from "./state.ts";

const NOBODY: ReadonlySet<User> = new Set();

/** The users by mode. */
export class UsersByMode {
  readonly #byMode = new Map<string, Set<User>>();

  /** The users by mode, each in the order in which they got it. */
  get all(): ReadonlyMap<string, ReadonlySet<User>> {
    return this.#byMode;
  }

  /** Returns the users with the mode `letter`. */
  with(letter: string): ReadonlySet<User> {
    return this.#byMode.get(letter) ?? NOBODY;
  }

  /** Gives `user` a mode, or takes it away. */
  change(user: MutableUser, letter: string, add: boolean): void {
    if (user.modes.has(letter) === add) return;
    setFlag(user.modes, letter, add);
    if (letter === "B") user.actor = { ...user.actor, bot: add };
    const users = this.#byMode.get(letter) ?? new Set();
    this.#byMode.set(letter, users);
    if (add) users.add(user);
    else if (users.delete(user) && users.size === 0) this.#byMode.delete(letter);
  }

  /** Puts the users with the mode `letter` into this order. */
  order(letter: string, users: readonly User[]): void {
    this.#byMode.set(letter, new Set(users));
  }
}
