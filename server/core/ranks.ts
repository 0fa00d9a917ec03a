/**
 * Restores the ranks of members. In a channel that an account owns, a member with an account gets
 * back their rank there whenever they join or log in, and loses it when they log out.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "./context.ts";
import type { ChannelModesChanged } from "../events/events.ts";
import type { Channel, User } from "../state/state.ts";

/**
 * Restores the rank of `user` in the channel called `name`, after `user` has joined it or, as a
 * member, has logged in.
 */
export function restoreRank(context: Context, user: User, name: string): void {
  const { account } = user.actor;
  const channel = context.network.channel(name);
  if (account === undefined || !channel) return;
  giveRank(context, user, channel, channel.ranks.get(casefold(account)) ?? "");
}

/** Returns the changes that take from `user` the ranks that their account has in their channels. */
export function ranksByAccount(user: User): Pick<ChannelModesChanged, "changes" | "channel">[] {
  const { actor: { account = "", nick, id }, channels } = user;
  return [...channels].flatMap(({ name: channel, members, ranks }) => {
    const memberModes = members.get(user) ?? "";
    const changes = [...ranks.get(casefold(account)) ?? ""]
      .filter((letter) => memberModes.includes(letter))
      .map((letter) => ({ add: false, letter, param: nick, user: id }));
    return changes.length === 0 ? [] : [{ channel, changes }];
  });
}

/** Gives `user` those of the member modes `letters` that they do not have in `channel`. */
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
