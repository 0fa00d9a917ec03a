/**
 * Invitations: tokens that let in whoever has one, to the server and perhaps to a channel.
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
import { failure, type Redemption, spend } from "./tokens.ts";

/** What an invitation may be, and how many there may be. */
export const INVITATION_LIMITS = {
  /** How often one may be used. */
  uses: 1000,
  /** How long one may last, in milliseconds: a year. */
  ms: 365 * 86_400_000,
  /** How many one person may have made that have not ended, used up or not. */
  perMaker: 50,
} as const;

/** What an invitation is if nothing else is asked for: for one, and a week. */
export const INVITATION_DEFAULTS = { uses: 1, ms: 7 * 86_400_000 } as const;

/** What an invitation is worth. */
export type Invitation = Extract<Grant, { kind: "invitation" }>;

/** A token that is an invitation. */
export type InvitationToken = Token & { readonly worth: Invitation };

/** Whether a token is an invitation. */
export function isInvitation(token: Token): token is InvitationToken {
  return token.worth.kind === "invitation";
}

/** Who makes invitations from `session`, as far as they can be counted. */
export function makerOf({ host }: Session, { actor: { account } }: User): string {
  return account === undefined ? `~${networkOf(host)}` : casefold(account);
}

/** The channel that the invitation is to, if it is to one and that is still there. */
export function channelOf({ network }: Context, { channel }: Invitation): Channel | undefined {
  const found = channel && network.channel(channel.name);
  // Another may have its name by now.
  return found?.createdAt === channel?.createdAt ? found : undefined;
}

/** Whether `user` may see and take back the invitation: it is theirs, or they run where it leads. */
export function runs(
  session: Session,
  user: User,
  token: Pick<InvitationToken, "by" | "worth">,
): boolean {
  const channel = channelOf(session.context, token.worth);
  return user.modes.has("o") || hasMade(session, user, token) ||
    (channel !== undefined && isChannelOperator(channel, user));
}

/** Others may share the address of who has no account, and may not learn which rooms there are. */
function hasMade(
  session: Session,
  user: User,
  { by, worth }: Pick<InvitationToken, "by" | "worth">,
): boolean {
  const { account, nick } = user.actor;
  if (worth.maker !== makerOf(session, user)) return false;
  return account !== undefined || casefold(by) === casefold(nick);
}

const TO_COME_AGAIN = "To be let in again without another invitation, make an account: " +
  "/quote REGISTER * * PASSWORD, or /msg NickServ REGISTER PASSWORD";

/** Invites who redeems an invitation, as INVITE does, and puts them into the channel. */
export function accept(redemption: Redemption, worth: Invitation): void {
  const { session, user } = redemption;
  const { context } = session;
  const channel = channelOf(context, worth);
  if (channel?.members.has(user)) return;
  spend(redemption);
  if (context.options.inviteOnly && user.actor.account === undefined) {
    session.note("REDEEM", "ACCOUNT_RECOMMENDED", TO_COME_AGAIN);
  }
  if (worth.channel === undefined) return;
  if (!channel) throw failure("INVALID_TOKEN", `${worth.channel.name} is not there any more`);
  // Who closes a room does not know of all that others have invited to it.
  if (channel.flags.has("i") && !worth.channel.opens) {
    const why = `${channel.name} has been closed since: ask somebody who runs it for an invitation`;
    throw failure("INVALID_TOKEN", why);
  }
  inviteTo(context, channel, user, context.server);
  session.afterwards(() => joinAndShow(context, user, channel.name));
}
