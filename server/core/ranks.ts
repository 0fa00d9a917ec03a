/**
 * Ranks that members find again: in a channel that somebody with an account owns, who has an account
 * is what they were, whenever they come.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "./context.ts";
import type { Channel, User } from "../state/state.ts";

/** Gives `user`, who has come into the channel called `name` or logged in there, what is theirs. */
export function restoreRank(context: Context, user: User, name: string): void {
  const { account } = user.actor;
  const channel = context.network.channel(name);
  if (account === undefined || !channel) return;
  giveRank(context, user, channel, channel.ranks.get(casefold(account)) ?? "");
}

/** Gives `user`, who is in `channel`, those of the member modes `letters` that they have not yet. */
export function giveRank(context: Context, user: User, channel: Channel, letters: string): void {
  const { nick, id } = user.actor;
  const memberModes = channel.members.get(user) ?? "";
  const changes = [...letters]
    .filter((letter) => !memberModes.includes(letter))
    .map((letter) => ({ add: true, letter, param: nick, user: id }));
  if (changes.length === 0) return;
  const { server } = context;
  context.append({ type: "ChannelModesChanged", by: server, channel: channel.name, changes });
}
