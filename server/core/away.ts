/**
 * Marks users as away or as back: a user is away while all of their clients are away.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { awayMessage } from "../state/recipient.ts";
import type { User } from "../state/state.ts";

/**
 * Marks `user`, who must have a client, as away if all of their clients are away, and otherwise as
 * back.
 */
export function updateAway(context: Context, user: User): void {
  changeAway(context, user, awayMessage(user));
}

/**
 * Marks `user` as away with `message` or, without a message, as back. Does nothing if `user` is
 * already marked so.
 */
export function changeAway(context: Context, user: User, message: string | undefined): void {
  if (message === user.away) return;
  context.append({ type: "AwayChanged", by: user.actor, message });
}
