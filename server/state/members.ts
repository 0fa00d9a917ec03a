/**
 * The members of one channel, with their modes.
 *
 * @module
 */

import type { User } from "./state.ts";

/** The members of a channel, each with the letters of their member modes, highest first. */
export class Members extends Map<User, string> {
  #everybody: readonly User[] | undefined;
  #revision = 0;

  /** Makes an empty list of members. */
  constructor() {
    super();
  }

  /**
   * All members, as a list. Each message goes to all members, often a thousand, and iterating over
   * the list takes a third of the time that the map takes. The list is made anew only after a join
   * or a leave.
   */
  get everybody(): readonly User[] {
    return this.#everybody ??= [...this.keys()];
  }

  /**
   * A number that increases when a member leaves, or gets another nick, user name, host or modes. A
   * join does not change it: the new member comes last, so a list of names that was made before the
   * join stays right and needs only an addition.
   */
  get revision(): number {
    return this.#revision;
  }

  /** Notes that the nick, user name or host of a member has changed. */
  renamed(): void {
    this.#revision++;
  }

  /** Adds a member, or changes their modes. */
  override set(member: User, memberModes: string): this {
    if (!this.has(member)) this.#everybody = undefined;
    else this.#revision++;
    return super.set(member, memberModes);
  }

  /** Removes a member. */
  override delete(member: User): boolean {
    this.#revision++;
    this.#everybody = undefined;
    return super.delete(member);
  }

  /** Removes all members. */
  override clear(): void {
    this.#revision++;
    this.#everybody = undefined;
    super.clear();
  }
}
