/**
 * Invitations: tokens that admit a user to the server, and to a channel if they name one.
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
  /** The largest number of uses of an invitation. */
  uses: 1000,
  /** The longest time that an invitation lasts, in milliseconds: a year. */
  ms: 365 * 86_400_000,
  /** The number of invitations of one maker that have not expired, used up or not. */
  perMaker: 50,
} as const;

/** The uses and the time of an invitation, unless its maker asks for others: one use, in a week. */
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
 * Returns the maker of invitations from `session`: their account or, without one, their address, as
 * nothing else can be counted.
 */
export function makerOf({ host }: Session, { actor: { account } }: User): string {
  return account === undefined ? `~${networkOf(host)}` : casefold(account);
}

/** Returns the channel of an invitation, if it names one that still exists. */
export function channelOf({ network }: Context, { channel }: Invitation): Channel | undefined {
  const found = channel && network.channel(channel.name);
  // A later channel may have the same name.
  return found?.createdAt === channel?.createdAt ? found : undefined;
}

/**
 * Returns true if `user` may see and revoke an invitation: its maker may, and operators of its
 * channel and of the server.
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
 * Returns true if `user` has made an invitation. Without an account, the nick is compared too: others may
 * share the address, and may not learn which channels exist.
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

/** Invites the user who redeems an invitation to its channel, as INVITE does, and joins it for them. */
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
  // An operator who sets mode i does not know of all invitations that others have made.
  if (channel.flags.has("i") && !invitation.channel.opens) {
    throw redeemError("INVALID_TOKEN", INVITATION_TEXTS.channelClosed(channel.name));
  }
  inviteTo(context, channel, user, context.server);
  session.afterwards(() => joinAndShow(context, user, channel.name));
}
