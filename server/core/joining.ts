/**
 * Lets users join channels, and invites them.
 *
 * @module
 */

import { isChannel } from "../../protocol.ts";
import { changeAway } from "./away.ts";
import type { Context } from "./context.ts";
import type { Actor } from "../events/actor.ts";
import { IrcError } from "../irc/replies.ts";
import { foundersModes, isOwned } from "../state/modes.ts";
import { CHANNEL_LIMIT, isMuted, joinRefusal } from "../state/permissions.ts";
import { restoreRank } from "./ranks.ts";
import type { Channel, User } from "../state/state.ts";
import { AWAY_TEXTS } from "../texts/people.ts";

/**
 * Adds `user` to the channel called `name`, and creates the channel if it does not exist. `key` is
 * the channel key that the user gave. Returns the channel, or `undefined` if the user was a member
 * already.
 *
 * @throws {IrcError} if the user may not join.
 */
export function join(
  context: Context,
  user: User,
  name: string,
  key?: string,
): Channel | undefined {
  if (!isChannel(name)) throw new IrcError("ERR_NOSUCHCHANNEL", name);
  const channel = context.network.channel(name);
  if (channel?.members.has(user)) return undefined;
  if (user.channels.size >= CHANNEL_LIMIT) throw new IrcError("ERR_TOOMANYCHANNELS", name);
  const refusal = channel && joinRefusal(user, channel, context.clock.now(), key);
  if (refusal) throw refusal;
  const founds = isFirst(user, channel) && !(channel && isOwned(channel));
  const memberModes = founds ? foundersModes(founder(context, user)) : "";
  const { actor: by, realname } = user;
  const isHidden = user.away !== undefined && channel && isMuted(user, channel);
  const away = isHidden ? AWAY_TEXTS.muted : user.away;
  changeAway(context, user, away);
  context.append({ type: "Joined", by, channel: channel?.name ?? name, realname, memberModes });
  if (away !== undefined) context.append({ type: "AwayShown", by, channel: name, message: away });
  restoreRank(context, user, name);
  return context.network.channel(name);
}

/**
 * Returns the account that owns a channel if `user` creates it. Returns `undefined` if the user has
 * no account, or the account owns too many channels already.
 */
export function founder({ network }: Context, { actor: { account } }: User): string | undefined {
  return account !== undefined && network.canFound(account) ? account : undefined;
}

/** Joins as {@linkcode join} does, and shows the channel to each client of the user. */
export function joinAndShow(context: Context, user: User, name: string, key?: string): void {
  const channel = join(context, user, name, key);
  if (!channel) return;
  for (const recipient of user.recipients.all) recipient.entered(channel.name);
}

/** The time after which an unused INVITE expires, in milliseconds. */
const INVITATION_MS = 24 * 60 * 60 * 1000;

/**
 * Invites `user` to `channel`, in the name of `by`. If the channel becomes invitation-only before
 * the user joins, the invitation stays valid only if it `opens` the channel.
 */
export function inviteTo(
  context: Context,
  channel: Channel,
  user: User,
  { by, opens }: { readonly by: Actor; readonly opens: boolean },
): void {
  const { nick, id } = user.actor;
  const until = context.clock.now() + INVITATION_MS;
  context.append({ type: "Invited", by, channel: channel.name, nick, user: id, until, opens });
  context.append({ type: "InvitationShown", by, channel: channel.name, nick });
}

/**
 * Returns true if `user`, who is about to join `channel`, will be its first member who does not use
 * the door for plain text. Such a user becomes the channel's operator, unless an account owns it.
 */
function isFirst(user: User, channel: Channel | undefined): boolean {
  return !user.plain && (!channel || channel.members.keys().every(({ plain }) => plain));
}
