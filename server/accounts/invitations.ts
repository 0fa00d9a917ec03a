/**
 * Invitations: tokens that admit a user to the server and, if they name a channel, to that channel.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "../core/context.ts";
import { networkOf } from "../../shared/ip.ts";
import type { Session } from "../session/session.ts";
import { inviteTo, joinAndShow } from "../core/joining.ts";
import { isChannelOperator } from "../state/permissions.ts";
import type { Channel, User } from "../state/state.ts";
import type { Grant, Token } from "../events/records.ts";
import { INVITATION_TEXTS } from "../texts/redeeming.ts";
import { countUse, redeemError, type Redemption } from "./tokens.ts";

/** The limits of invitations. */
export const INVITATION_LIMITS = {
  /** The largest number of uses that an invitation can have. */
  uses: 1000,
  /** The longest time that an invitation lasts, in milliseconds: a year. */
  ms: 365 * 86_400_000,
  /** The largest number of unexpired invitations of one maker, including those that are used up. */
  perMaker: 50,
} as const;

/** The terms of an invitation if its maker does not choose them: one use, within a week. */
export const INVITATION_DEFAULTS = { uses: 1, ms: 7 * 86_400_000 } as const;

/** The grant of an invitation. */
export type Invitation = Extract<Grant, { kind: "invitation" }>;

/** A token that is an invitation. */
export type InvitationToken = Token & { readonly worth: Invitation };

/** Returns true if a token is an invitation. */
export function isInvitation(token: Token): token is InvitationToken {
  return token.worth.kind === "invitation";
}

/**
 * Returns the identity under which the invitations of `user`, the user of `session`, are counted:
 * the folded account name. Without an account, it is `~` and the client's address (of an IPv6
 * address, the first 64 bits), because a nick is easily changed.
 */
export function makerOf({ host }: Session, { actor: { account } }: User): string {
  return account === undefined ? `~${networkOf(host)}` : casefold(account);
}

/**
 * Returns the channel that an invitation names; `undefined` if it names no channel, or the channel
 * no longer exists.
 */
export function channelOf({ network }: Context, { channel }: Invitation): Channel | undefined {
  const found = channel && network.channel(channel.name);
  // A later channel may have the same name.
  return found?.createdAt === channel?.createdAt ? found : undefined;
}

/**
 * Returns true if `user` may see and revoke an invitation: if the user has made it, or is an
 * operator of the invitation's channel or of the server.
 */
export function mayManage(
  session: Session,
  user: User,
  token: Pick<InvitationToken, "by" | "worth">,
): boolean {
  const channel = channelOf(session.context, token.worth);
  return user.modes.has("o") || hasMade(session, user, token) ||
    (channel !== undefined && isChannelOperator(channel, user));
}

/**
 * Returns true if `user` has made an invitation. If the user has no account, both the address and
 * the nick must be the same: other users may share the address, and must not learn from the
 * invitation which channels exist.
 */
function hasMade(
  session: Session,
  user: User,
  { by, worth }: Pick<InvitationToken, "by" | "worth">,
): boolean {
  const { account, nick } = user.actor;
  if (worth.maker !== makerOf(session, user)) return false;
  return account !== undefined || casefold(by) === casefold(nick);
}

/**
 * Redeems an invitation. If it names a channel, the user is invited to the channel, as by INVITE,
 * and joins it.
 */
export function redeemInvitation(redemption: Redemption, invitation: Invitation): void {
  const { session, user } = redemption;
  const { context } = session;
  const channel = channelOf(context, invitation);
  if (channel?.members.has(user)) return;
  countUse(redemption);
  if (context.options.inviteOnly && user.actor.account === undefined) {
    session.note("REDEEM", "ACCOUNT_RECOMMENDED", INVITATION_TEXTS.accountRecommended);
  }
  if (invitation.channel === undefined) return;
  if (!channel) {
    throw redeemError("INVALID_TOKEN", INVITATION_TEXTS.channelGone(invitation.channel.name));
  }
  // An operator who makes the channel invitation-only does not know which invitations members have
  // made before. So an invitation stays valid only if its maker was allowed to invite in mode `i`.
  if (channel.flags.has("i") && !invitation.channel.opens) {
    throw redeemError("INVALID_TOKEN", INVITATION_TEXTS.channelClosed(channel.name));
  }
  const { opens } = invitation.channel;
  inviteTo(context, channel, user, { by: context.server, opens });
  session.step(() => joinAndShow(context, user, channel.name));
}
