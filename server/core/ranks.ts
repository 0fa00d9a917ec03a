/**
 * Restores the ranks of members. In a channel that an account owns, users with an account get their
 * rank back whenever they join or log in.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "./context.ts";
import type { Channel, User } from "../state/state.ts";

/**
 * Restores the rank of `user`, who has joined the channel called `name` or logged in as a member.
 */
export function restoreRank(context: Context, user: User, name: string): void {
  const { account } = user.actor;
  const channel = context.network.channel(name);
  if (account === undefined || !channel) return;
  giveRank(context, user, channel, channel.ranks.get(casefold(account)) ?? "");
}

/** Gives `user` any of the member modes `letters` that they lack in `channel`. */
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
