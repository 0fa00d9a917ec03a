/**
 * Which accounts there are, and whose a nick is. Part of the network's state, and changed by it alone.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { skeleton } from "./nicks.ts";
import type { Account } from "./state.ts";

/** Which accounts there are; see the module. */
export class AccountIndex {
  readonly #byName = new Map<string, Account>();
  readonly #bySkeleton = new Map<string, string>();

  /** All of them, by folded name. */
  get byName(): ReadonlyMap<string, Account> {
    return this.#byName;
  }

  /** The account called `name`. */
  get(name: string): Account | undefined {
    return this.#byName.get(casefold(name));
  }

  /** The account that `nick` belongs to: the one of that name, or of a name that looks like it. */
  ownerOf(nick: string): Account | undefined {
    return this.get(nick) ?? this.get(this.#bySkeleton.get(skeleton(nick)) ?? "");
  }

  /** There is this account, as it is now. */
  save(account: Account): void {
    this.#byName.set(casefold(account.name), account);
    this.#bySkeleton.set(skeleton(account.name), account.name);
  }
}
