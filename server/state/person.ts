/**
 * The identity of a user in history: the account or, without one, this connection.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor } from "../events/actor.ts";

/** Returns the identity of a user, as a key. */
export function identityOf({ id, account }: Actor): string {
  return account === undefined ? `~${id}` : casefold(account);
}

/** Returns true if an identity is an account, which stays the same over connections. */
export function isAccount(identity: string): boolean {
  return !identity.startsWith("~");
}

/** Returns true if two actors have the same identity, even at different times. */
export function isSame(one: Actor, other: Actor): boolean {
  return identityOf(one) === identityOf(other);
}
