/**
 * Marks users as away or as back: a user is away while all of their clients are away.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { silencingChannel } from "../state/permissions.ts";
import { awayMessage } from "../state/recipient.ts";
import type { User } from "../state/state.ts";
import { AWAY_TEXTS } from "../texts/people.ts";

/**
 * Marks `user`, who must have a client, as away if all of their clients are away, and otherwise as
 * back. All channels of the user are shown the message of the clients, so a user who is muted in one
 * of them gets another message.
 */
export function updateAway(context: Context, user: User): void {
  const message = awayMessage(user);
  const isHidden = message !== undefined && silencingChannel(user) !== undefined;
  changeAway(context, user, isHidden ? AWAY_TEXTS.muted : message);
}

/**
 * Marks `user` as away with `message` or, without a message, as back. Does nothing if `user` is
 * already marked so.
 */
export function changeAway(context: Context, user: User, message: string | undefined): void {
  if (message === user.away) return;
  context.append({ type: "AwayChanged", by: user.actor, message });
}
