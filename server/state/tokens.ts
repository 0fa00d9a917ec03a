/**
 * Tokens: secret texts that grant something to the users who redeem them. A token can be used a
 * limited number of times, and may expire. The server knows only the hash of the text. Part of the
 * network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Token } from "../events/records.ts";

/**
 * The largest number of unexpired tokens of each kind, except for kind `owner`, which only the
 * server makes.
 */
export const TOKEN_LIMIT = 10_000;

/** Returns true if `token` has not expired at `now`. */
export function isCurrent(token: Token, now: number): boolean {
  return token.until === undefined || now < token.until;
}

/** Returns true if the user with this identity (see `identityOf`) or account has used `token`. */
export function wasUsedBy(token: Token, identity: string | undefined): boolean {
  return identity !== undefined && token.usedBy.includes(casefold(identity));
}

/**
 * Returns `token` without the account whose folded name is `key`, after that account was removed.
 * Returns `undefined` if the token gives access to the account, or is an invitation that the
 * account made.
 */
export function withoutAccount(token: Token, key: string): Token | undefined {
  const { worth } = token;
  if ("account" in worth && worth.account === key) return undefined;
  if (worth.kind === "invitation" && worth.maker === key) return undefined;
  if (!token.usedBy.includes(key)) return token;
  return { ...token, usedBy: token.usedBy.filter((each) => each !== key) };
}

/** The tokens. */
export class Tokens {
  readonly #byHash = new Map<string, Token>();

  /**
   * Returns all tokens, used and expired ones included. Tokens may be removed during the iteration.
   */
  all(): IteratorObject<Token> {
    return this.#byHash.values();
  }

  /** Returns the token whose text has this hash. */
  get(hash: string): Token | undefined {
    return this.#byHash.get(hash);
  }

  /** Returns the invitations to the channel called `name`. */
  leadingTo(name: string): Token[] {
    const key = casefold(name);
    return this.all().filter(({ worth }) =>
      worth.kind === "invitation" && worth.channel !== undefined &&
      casefold(worth.channel.name) === key
    ).toArray();
  }

  /** Adds a token. */
  save(token: Token): void {
    this.#byHash.set(token.hash, token);
  }

  /** Counts a use of a token by the user with this identity. */
  use(hash: string, identity: string): void {
    const token = this.#byHash.get(hash);
    if (!token) throw new Error("an event uses a token that does not exist");
    const usedBy = [...token.usedBy, identity];
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

  /** Removes an account from all tokens, as {@linkcode withoutAccount} does. */
  forget(account: string): void {
    const key = casefold(account);
    for (const token of this.all()) {
      const left = withoutAccount(token, key);
      if (!left) this.remove(token.hash);
      else if (left !== token) this.save(left);
    }
  }

  /** Removes a token. */
  remove(hash: string): void {
    this.#byHash.delete(hash);
  }
}
