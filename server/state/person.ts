/**
 * The identity under which history and read markers are kept for a user: the account. A user
 * without an account has an identity only as long as the connection lasts.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor } from "../events/actor.ts";

/**
 * Returns the identity of a user: the folded account name, or `~` and the id of a user without an
 * account.
 */
export function identityOf({ id, account }: Actor): string {
  return account === undefined ? `~${id}` : casefold(account);
}

/** Returns true if an identity is an account, which is the same for all of a user's connections. */
export function isAccount(identity: string): boolean {
  return !identity.startsWith("~");
}

/** Returns true if two actors are the same account, or the same connection without an account. */
export function isSame(one: Actor, other: Actor): boolean {
  return identityOf(one) === identityOf(other);
}
