/**
 * Ranks that members find again: in a channel that somebody with an account owns, who has an account
 * is what they were, whenever they come.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "../context.ts";
import type { User } from "./state.ts";

/** Gives `user`, who has come into the channel called `name` or logged in there, what is theirs. */
export function restoreRank(context: Context, user: User, name: string): void {
  const { account, nick, id } = user.actor;
  const channel = context.network.channel(name);
  if (account === undefined || !channel) return;
  const memberModes = channel.members.get(user) ?? "";
  const changes = [...channel.ranks.get(casefold(account)) ?? ""]
    .filter((letter) => !memberModes.includes(letter))
    .map((letter) => ({ add: true, letter, param: nick, user: id }));
  if (changes.length === 0) return;
  const { server } = context;
  context.happen({ type: "ChannelModesChanged", by: server, channel: channel.name, changes });
}
