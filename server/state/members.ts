/**
 * Who is in one channel, and which modes each has there.
 *
 * @module
 */

import type { User } from "./state.ts";

/** The members of a channel, each with their member modes, highest first. */
export class Members extends Map<User, string> {
  #everybody: readonly User[] | undefined;

  /** Nobody yet. */
  constructor() {
    super();
  }

  /**
   * All of them. A list is walked in a third of the time that a map takes, which is felt where each
   * message goes to a thousand; it is made anew only after somebody came or went.
   */
  get everybody(): readonly User[] {
    return this.#everybody ??= [...this.keys()];
  }

  /** Somebody comes, or changes in their member modes. */
  override set(member: User, memberModes: string): this {
    if (!this.has(member)) this.#everybody = undefined;
    return super.set(member, memberModes);
  }

  /** Somebody goes. */
  override delete(member: User): boolean {
    this.#everybody = undefined;
    return super.delete(member);
  }

  /** All go. */
  override clear(): void {
    this.#everybody = undefined;
    super.clear();
  }
}
