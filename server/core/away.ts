/**
 * Marks users as away and as back, according to their clients.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { awayMessage } from "../state/recipient.ts";
import type { User } from "../state/state.ts";

/** Marks `user`, who has clients, as away if all of them are, and otherwise as back. */
export function updateAway(context: Context, user: User): void {
  changeAway(context, user, awayMessage(user));
}

/** Marks `user` as away with this message, or as back; does nothing if that changes nothing. */
export function changeAway(context: Context, user: User, message: string | undefined): void {
  if (message === user.away) return;
  context.append({ type: "AwayChanged", by: user.actor, message });
}
