/**
 * Who somebody is to what is remembered of them: their account, or, without one, this very
 * connection.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor } from "../events.ts";

/** Who somebody is, as text to look things up by. */
export function identityOf({ id, account }: Actor): string {
  return account === undefined ? `~${id}` : casefold(account);
}

/** Whether that is somebody's account, and they are the same whenever they come. */
export function isAccount(identity: string): boolean {
  return !identity.startsWith("~");
}

/** Whether the two are the same person, at whatever times. */
export function isSame(one: Actor, other: Actor): boolean {
  return identityOf(one) === identityOf(other);
}
