/**
 * Tokens: texts that grant something to the user who redeems one, a number of times and until a time.
 * Only the hash of the text is known here. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Channel } from "./state.ts";

/** The right that a token gives to the user who redeems it. */
export type Worth =
  /** Makes them an operator of the server, and founder of the room that newcomers join. */
  | { readonly kind: "owner" }
  /** Logs another client of theirs in to an account, given by its folded name. */
  | { readonly kind: "link"; readonly account: string }
  /** Gives them back an account, given by its folded name, whose keys they have lost. */
  | { readonly kind: "recovery"; readonly account: string }
  /** Lets them in to the server and, if it names one, to a channel. */
  | {
    readonly kind: "invitation";
    /** The user who made it: their folded account, or `~` and their address. */
    readonly maker: string;
    /** The channel; its creation time tells it from a later channel of the same name. */
    readonly channel?: Pick<Channel, "name" | "createdAt"> & {
      /** True if it also opens a channel that needs an invitation, as its maker could allow. */
      readonly opens: boolean;
    };
  };

/** A token, as plain data. */
export interface Token {
  /** The hash of its text, as `hashOf` makes it. */
  readonly hash: string;
  /** The right that it gives. */
  readonly worth: Worth;
  /** The nick of the user who made it, or the server's name. */
  readonly by: string;
  /** The time when it was made, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The time when it ends, as `time`; absent if it never does. */
  readonly until?: number;
  /** The number of times that it can still be used. */
  readonly uses: number;
  /** The folded accounts that have used it, which can use it again without being counted. */
  readonly usedBy: readonly string[];
}

/** The largest number of tokens of each kind. */
export const TOKEN_LIMIT = 10_000;

/** Returns true if `token` has not expired at `now`. */
export function isCurrent(token: Token, now: number): boolean {
  return token.until === undefined || now < token.until;
}

/** Returns true if this account has used `token`. */
export function wasUsedBy(token: Token, account: string | undefined): boolean {
  return account !== undefined && token.usedBy.includes(casefold(account));
}

/**
 * Returns `token` as it is after an account was removed: `undefined` if it gave access to that account
 * or was made by its owner; otherwise without the account among those that used it.
 */
export function withoutAccount(token: Token, account: string): Token | undefined {
  const { worth } = token;
  const key = casefold(account);
  if ("account" in worth && worth.account === key) return undefined;
  if (worth.kind === "invitation" && worth.maker === key) return undefined;
  if (!token.usedBy.includes(key)) return token;
  return { ...token, usedBy: token.usedBy.filter((each) => each !== key) };
}

/** The tokens; see the module. */
export class Tokens {
  readonly #byHash = new Map<string, Token>();

  /** All tokens, the oldest first, used and expired ones included. */
  get all(): readonly Token[] {
    return [...this.#byHash.values()];
  }

  /** Returns the token whose text has this hash. */
  get(hash: string): Token | undefined {
    return this.#byHash.get(hash);
  }

  /** Returns the invitations to the channel called `name`. */
  leadingTo(name: string): Token[] {
    const key = casefold(name);
    return this.all.filter(({ worth }) =>
      worth.kind === "invitation" && worth.channel && casefold(worth.channel.name) === key
    );
  }

  /** Adds a token. */
  save(token: Token): void {
    this.#byHash.set(token.hash, token);
  }

  /** Counts a use of a token, by a user with this account if they have one. */
  use(hash: string, account: string | undefined): void {
    const token = this.#byHash.get(hash);
    if (!token) throw new Error("an event uses a token that does not exist");
    const usedBy = account === undefined ? token.usedBy : [...token.usedBy, casefold(account)];
    this.#byHash.set(hash, { ...token, uses: token.uses - 1, usedBy });
  }

  /** Renames a channel in its invitations. */
  rename(from: string, to: string): void {
    for (const token of this.leadingTo(from)) {
      const { worth } = token;
      if (worth.kind !== "invitation" || !worth.channel) continue;
      const channel = { ...worth.channel, name: to };
      this.#byHash.set(token.hash, { ...token, worth: { ...worth, channel } });
    }
  }

  /** Removes an account from all tokens. */
  forget(account: string): void {
    for (const token of this.all) {
      const left = withoutAccount(token, account);
      if (left) this.save(left);
      else this.remove(token.hash);
    }
  }

  /** Removes a token. */
  remove(hash: string): void {
    this.#byHash.delete(hash);
  }
}
