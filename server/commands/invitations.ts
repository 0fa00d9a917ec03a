/**
 * The IRC command INVITATION, which makes, lists and revokes invitations.
 * `accounts/invitations.ts` redeems them.
 *
 * No specification has this command.
 *
 * @module
 */

import {
  channelOf,
  type Invitation,
  INVITATION_DEFAULTS,
  INVITATION_LIMITS,
  type InvitationToken,
  isInvitation,
  makerOf,
  mayManage,
} from "../accounts/invitations.ts";
import { hashOf } from "../auth/secrets.ts";
import { assertRoomForToken, issue, withdraw } from "../accounts/tokens.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import { formatDuration, parseDuration } from "../../shared/durations.ts";
import type { Context } from "../core/context.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { assertMayInvite, mayInviteAlways } from "../state/permissions.ts";
import type { Channel, User } from "../state/state.ts";
import { isCurrent } from "../state/tokens.ts";
import type { Token } from "../events/records.ts";
import { INVITATION_TEXTS } from "../texts/invitations.ts";
import { requireChannel } from "./lookup.ts";

/** Commands of this family. */
export const invitationCommands: readonly Command[] = [
  {
    name: "INVITATION",
    syntax: "<channel|*> [<uses>] [<time>] | LIST | REVOKE <id>",
    help:
      "Creates an invitation to a channel, or just to the server (*). Default: one use, one week. " +
      "Also lists or revokes invitations.",
    minParams: 1,
    when: "registered",
    run: invitation,
  },
];

/** The subcommands, which are given in place of a channel. */
const SUBCOMMANDS: ReadonlyMap<string, (call: UserCall) => void> = new Map([
  ["LIST", (call: UserCall) => call.session.answers.send(list(call))],
  ["REVOKE", revoke],
]);

function invitation(call: UserCall): void {
  const subcommand = SUBCOMMANDS.get(call.params[0]?.toUpperCase() ?? "");
  (subcommand ?? make)(call);
}

function make(call: UserCall): void {
  const { context, session, user, params: [target = "", ...terms] } = call;
  const channel = destinationOf(call, target);
  const { uses, ms } = readTerms(terms);
  const maker = makerOf(session, user);
  assertRoomForMore(context, maker);
  const worth = { kind: "invitation", maker, ...channelGrant(channel, user) } as const;
  const { nick } = user.actor;
  const request = { worth, uses, until: context.clock.now() + ms };
  const text = issue(context, user.actor, request);
  const room = channel?.name ?? context.options.room;
  const destination = { at: session.local, room, token: text };
  const line = context.connectUrls.command(destination);
  const url = context.connectUrls.pageUrl(destination);
  context.log.info("invitation created", { nick, to: channel?.name ?? "*", uses });
  const hash = hashOf(text);
  const description = describe(context, { ...request, hash, by: nick });
  session.note("INVITATION", "CREATED", idOf({ hash }), INVITATION_TEXTS.created(description));
  session.note("INVITATION", "LINE", idOf({ hash }), line);
  if (url !== undefined) {
    session.note("INVITATION", "PAGE", idOf({ hash }), INVITATION_TEXTS.page(url));
  }
}

/**
 * Returns the channel of a new invitation; `undefined` for `*`, an invitation to the server only.
 *
 * @throws {IrcError} if there is no such channel, or the user may not make the invitation.
 */
function destinationOf(call: UserCall, target: string): Channel | undefined {
  if (target !== "*") {
    const channel = requireChannel(call, target);
    assertMayInvite(channel, call.user);
    return channel;
  }
  if (!call.user.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  return undefined;
}

/**
 * Returns the field `channel` of an invitation by `user`; no field for an invitation to the server
 * only.
 */
function channelGrant(channel: Channel | undefined, user: User): Pick<Invitation, "channel"> {
  if (!channel) return {};
  const { name, createdAt } = channel;
  return { channel: { name, createdAt, opens: mayInviteAlways(channel, user) } };
}

/**
 * Returns the number of uses and the duration in milliseconds that `terms` give, in either order.
 */
function readTerms(terms: readonly string[]): { uses: number; ms: number } {
  let { uses, ms }: { uses: number; ms: number } = INVITATION_DEFAULTS;
  for (const term of terms) {
    const duration = parseDuration(term);
    if (duration !== undefined) ms = duration;
    else if (/^\d{1,9}$/.test(term)) uses = Number(term);
    else throw fail("INVALID_PARAMS", term, INVITATION_TEXTS.invalidTerms);
  }
  if (uses < 1 || uses > INVITATION_LIMITS.uses || ms < 1 || ms > INVITATION_LIMITS.ms) {
    const longest = formatDuration(INVITATION_LIMITS.ms);
    const text = INVITATION_TEXTS.termsOutOfRange(INVITATION_LIMITS.uses, longest);
    throw fail("INVALID_PARAMS", terms.join(" "), text);
  }
  return { uses, ms };
}

function assertRoomForMore(context: Context, maker: string): void {
  const now = context.clock.now();
  let count = 0;
  for (const token of context.network.tokens.all()) {
    if (isInvitation(token) && token.worth.maker === maker && isCurrent(token, now)) count++;
  }
  if (count >= INVITATION_LIMITS.perMaker) {
    throw fail("LIMIT_REACHED", "*", INVITATION_TEXTS.tooMany(INVITATION_LIMITS.perMaker));
  }
  assertRoomForToken(context, "INVITATION", "invitation");
}

/** The largest number of invitations that LIST sends. If there are more, it sends the newest. */
const LISTED_LIMIT = 200;

function* list({ context, session, user }: UserCall): Steps {
  const all = manageable({ context, session, user });
  for (const token of all.slice(-LISTED_LIMIT)) {
    session.note("INVITATION", "LISTED", idOf(token), describe(context, token));
    yield;
  }
  const end = all.length > LISTED_LIMIT
    ? INVITATION_TEXTS.endOfNewest(LISTED_LIMIT, all.length)
    : INVITATION_TEXTS.endOfList;
  session.note("INVITATION", "END", end);
}

function revoke({ context, session, user, params: [, id = ""] }: UserCall): void {
  const token = manageable({ context, session, user }).find((each) => idOf(each) === id);
  if (!token) throw fail("NO_SUCH_INVITATION", id, INVITATION_TEXTS.noSuchInvitation);
  withdraw(context, user.actor, token);
  context.log.info("invitation revoked", { nick: user.actor.nick, to: nameOf(token) });
  session.note("INVITATION", "REVOKED", id, INVITATION_TEXTS.revoked(id));
}

/** Returns the unexpired invitations that the user may see and revoke. */
function manageable({ context, session, user }: Pick<UserCall, "context" | "session" | "user">) {
  const now = context.clock.now();
  return context.network.tokens.all().filter(isInvitation)
    .filter((token) => isCurrent(token, now) && mayManage(session, user, token)).toArray();
}

/** Returns the short id by which users name an invitation. It does not reveal the token. */
function idOf({ hash }: Pick<Token, "hash">): string {
  return hash.slice(0, 8);
}

function nameOf({ worth }: InvitationToken): string {
  return worth.channel?.name ?? "*";
}

function describe(context: Context, token: Omit<InvitationToken, "time" | "usedBy">): string {
  const { worth, uses, until = Infinity, by } = token;
  const rest = formatDuration(until - context.clock.now());
  const destination = describeDestination(context, worth);
  return INVITATION_TEXTS.description({ id: idOf(token), by, destination, uses, rest });
}

function describeDestination(context: Context, worth: Invitation): string {
  if (!worth.channel) return INVITATION_TEXTS.server;
  const { name } = worth.channel;
  return channelOf(context, worth) ? name : INVITATION_TEXTS.channelGone(name);
}

function fail(code: string, about: string, text: string): StandardError {
  return new StandardError("INVITATION", code, about, text);
}
