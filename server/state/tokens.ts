/**
 * Tokens: texts that are worth something to who has one, so often and until such a time. Of the text
 * itself nothing is known here but its hash. Only {@linkcode Network} changes them.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Channel } from "./state.ts";

/** What a token does for who redeems it. */
export type Worth =
  /** Makes them an operator of the server, and founder of the room that newcomers join. */
  | { readonly kind: "owner" }
  /** Lets another client of theirs in to an account, by its folded name. */
  | { readonly kind: "link"; readonly account: string }
  /** Gives them an account, by its folded name, whose owner has lost the key to it. */
  | { readonly kind: "recovery"; readonly account: string }
  /** Lets them in, to the server and, if it names one, to a channel. */
  | {
    readonly kind: "invitation";
    /** Who made it: their account, folded; or `~` and where they came from. */
    readonly maker: string;
    /** Where it leads, by its name and when it was made, as others may have its name later. */
    readonly channel?: Pick<Channel, "name" | "createdAt"> & {
      /** Whether it leads in also while the channel needs an invitation: who made it could say so. */
      readonly opens: boolean;
    };
  };

/** A token, as plain data that can be kept. */
export interface Token {
  /** What is kept of its text, as `hashOf` makes it. */
  readonly hash: string;
  /** What it is worth. */
  readonly worth: Worth;
  /** Who made it: their nick, or the server's name. */
  readonly by: string;
  /** When; milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** When it ends, as `time`; absent, never. */
  readonly until?: number;
  /** How often it can still be used. */
  readonly uses: number;
  /** The accounts that have used it, folded: to them it is worth the same again, and counts no more. */
  readonly usedBy: readonly string[];
}

/** So many tokens of each kind there may be: none of one kind take the room of another. */
export const TOKEN_LIMIT = 10_000;

/** Whether `token` has not ended at `now`. */
export function isCurrent(token: Token, now: number): boolean {
  return token.until === undefined || now < token.until;
}

/** Whether `token` was used by this account. */
export function wasUsedBy(token: Token, account: string | undefined): boolean {
  return account !== undefined && token.usedBy.includes(casefold(account));
}

/**
 * What is left of `token` once an account is no more: nothing, if it led there or its owner made it;
 * else they have not used it.
 */
export function withoutAccount(token: Token, account: string): Token | undefined {
  const { worth } = token;
  const key = casefold(account);
  if ("account" in worth && worth.account === key) return undefined;
  if (worth.kind === "invitation" && worth.maker === key) return undefined;
  if (!token.usedBy.includes(key)) return token;
  return { ...token, usedBy: token.usedBy.filter((each) => each !== key) };
}

/** The tokens there are; see the module. */
export class Tokens {
  readonly #byHash = new Map<string, Token>();

  /** All of them in the order of their coming, those that are used up or have ended included. */
  get all(): readonly Token[] {
    return [...this.#byHash.values()];
  }

  /** The one whose text has that hash. */
  get(hash: string): Token | undefined {
    return this.#byHash.get(hash);
  }

  /** Those that lead to the channel called `name`. */
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

  /** A token was used, by somebody with this account if they have one. */
  use(hash: string, account: string | undefined): void {
    const token = this.#byHash.get(hash);
    if (!token) throw new Error("an event uses a token that does not exist");
    const usedBy = account === undefined ? token.usedBy : [...token.usedBy, casefold(account)];
    this.#byHash.set(hash, { ...token, uses: token.uses - 1, usedBy });
  }

  /** A channel goes by another name. */
  rename(from: string, to: string): void {
    for (const token of this.leadingTo(from)) {
      const { worth } = token;
      if (worth.kind !== "invitation" || !worth.channel) continue;
      const channel = { ...worth.channel, name: to };
      this.#byHash.set(token.hash, { ...token, worth: { ...worth, channel } });
    }
  }

  /** An account is no more. */
  forget(account: string): void {
    for (const token of this.all) {
      const left = withoutAccount(token, account);
      if (left) this.save(left);
      else this.remove(token.hash);
    }
  }

  /** Takes a token away. */
  remove(hash: string): void {
    this.#byHash.delete(hash);
  }
}
