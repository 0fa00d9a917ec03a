/**
 * The ranks that accounts keep in one channel, and the number of channels that each account owns.
 * The numbers are updated with each change, because counting tens of thousands of channels at each
 * JOIN would take too long.
 *
 * @module
 */

import { isOwner } from "./modes.ts";

/**
 * The largest number of channels that one account can own, and the largest number of all channels
 * that have an owner.
 */
export const OWNED_LIMITS = { perAccount: 100, all: 50_000 } as const;

/**
 * The member modes that accounts get back in one channel when they join again, by folded account
 * name.
 */
export class Ranks extends Map<string, string> {
  /** The accounts that own the channel. */
  readonly #owners = new Set<string>();
  #counts: OwnedCounts | undefined;

  /** Makes a list with these ranks. */
  constructor(ranks: Iterable<readonly [account: string, memberModes: string]> = []) {
    super();
    for (const [account, memberModes] of ranks) this.set(account, memberModes);
  }

  /** Sets the rank of an account. */
  override set(account: string, memberModes: string): this {
    this.#change(account, isOwner(memberModes));
    return super.set(account, memberModes);
  }

  /** Removes the rank of an account. */
  override delete(account: string): boolean {
    this.#change(account, false);
    return super.delete(account);
  }

  /** Removes all ranks. */
  override clear(): void {
    for (const account of [...this.#owners]) this.#change(account, false);
    super.clear();
  }

  /**
   * From now on, counts the channel only in `counts`, for its owners and for accounts that become
   * owners later. If `counts` is `undefined`, counts it nowhere.
   */
  countIn(counts: OwnedCounts | undefined): void {
    this.#counts?.add(this.#owners, -1);
    this.#counts = counts;
    counts?.add(this.#owners, 1);
  }

  #change(account: string, owns: boolean): void {
    if (this.#owners.has(account) === owns) return;
    const counts = this.#counts;
    counts?.add(this.#owners, -1);
    if (owns) this.#owners.add(account);
    else this.#owners.delete(account);
    counts?.add(this.#owners, 1);
  }
}

/** The numbers of channels that accounts own. */
export class OwnedCounts {
  #all = 0;
  readonly #byAccount = new Map<string, number>();

  /**
   * Adds `change` to the number of channels of each account in `owners`, which own one channel
   * together. Adds it only once to the number of all channels.
   */
  add(owners: ReadonlySet<string>, change: 1 | -1): void {
    if (owners.size === 0) return;
    this.#all += change;
    for (const account of owners) {
      const count = (this.#byAccount.get(account) ?? 0) + change;
      if (count > 0) this.#byAccount.set(account, count);
      else this.#byAccount.delete(account);
    }
  }

  /** Returns true if the account with this folded name may own another channel. */
  hasRoom(account: string): boolean {
    return (this.#byAccount.get(account) ?? 0) < OWNED_LIMITS.perAccount &&
      this.#all < OWNED_LIMITS.all;
  }
}
