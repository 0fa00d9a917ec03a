/**
 * INVITATION: makes a line that whoever types it comes in by, lists those there are, and takes them
 * back. Who redeems one is seen to in `accounts/invitations.ts`.
 *
 * No specification has it.
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
  runs,
} from "../accounts/invitations.ts";
import { hashOf } from "../auth/secrets.ts";
import { assertRoomForToken, issue, withdraw } from "../accounts/tokens.ts";
import type { Command, UserCall } from "../session/command.ts";
import { formatDuration, parseDuration } from "../../shared/durations.ts";
import type { Context } from "../core/context.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { assertMayInvite, mayOpen } from "../state/permissions.ts";
import type { Channel, User } from "../state/state.ts";
import { isCurrent } from "../state/tokens.ts";
import type { Token } from "../events/records.ts";
import { theChannel } from "./lookup.ts";

/** Commands of this family. */
export const invitationCommands: readonly Command[] = [
  {
    name: "INVITATION",
    syntax: "<channel|*> [<uses>] [<time>] | LIST | REVOKE <id>",
    help:
      "Makes a line to pass on that lets in one, or so many, for a week, or so long; * is for the " +
      "server alone.",
    minParams: 1,
    when: "registered",
    run: invitation,
  },
];

/** What can stand in the place of a channel. */
const SUBCOMMANDS: ReadonlyMap<string, (call: UserCall) => void> = new Map([
  ["LIST", list],
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
  const worth = { kind: "invitation", maker, ...leadTo(channel, user) } as const;
  const { nick } = user.actor;
  const wish = { worth, uses, until: context.clock.now() + ms };
  const text = issue(context, user.actor, wish);
  const room = channel?.name ?? context.options.room;
  const line = context.connectUrls.command({ at: session.local, room, token: text });
  context.log.info("made an invitation", { nick, to: channel?.name ?? "*", uses });
  const hash = hashOf(text);
  const about = `${describe(context, { ...wish, hash, by: nick })}. Who is invited types:`;
  session.note("INVITATION", "CREATED", idOf({ hash }), about);
  session.note("INVITATION", "LINE", idOf({ hash }), line);
}

/** Where an invitation is to lead: to a channel, or, for `*`, to the server alone. */
function destinationOf(call: UserCall, target: string): Channel | undefined {
  if (target !== "*") {
    const channel = theChannel(call, target);
    assertMayInvite(channel, call.user);
    return channel;
  }
  if (!call.user.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  return undefined;
}

/** What an invitation to `channel`, made by `user`, keeps of it. */
function leadTo(channel: Channel | undefined, user: User): Pick<Invitation, "channel"> {
  if (!channel) return {};
  const { name, createdAt } = channel;
  return { channel: { name, createdAt, opens: mayOpen(channel, user) } };
}

const UNREADABLE = "Say how often, as in 5, and how long, as in 12h or 2d";

/** How often and how long, in whichever order. */
function readTerms(terms: readonly string[]): { uses: number; ms: number } {
  let { uses, ms }: { uses: number; ms: number } = INVITATION_DEFAULTS;
  for (const term of terms) {
    const length = parseDuration(term);
    if (length !== undefined) ms = length;
    else if (/^\d{1,9}$/.test(term)) uses = Number(term);
    else throw fail("INVALID_PARAMS", term, UNREADABLE);
  }
  if (uses < 1 || uses > INVITATION_LIMITS.uses || ms < 1 || ms > INVITATION_LIMITS.ms) {
    const longest = formatDuration(INVITATION_LIMITS.ms);
    const why = `An invitation is for 1 to ${INVITATION_LIMITS.uses}, and for ${longest} at most`;
    throw fail("INVALID_PARAMS", terms.join(" "), why);
  }
  return { uses, ms };
}

function assertRoomForMore(context: Context, maker: string): void {
  const now = context.clock.now();
  const theirs = context.network.tokens.all.filter((token) =>
    isCurrent(token, now) && token.worth.kind === "invitation" && token.worth.maker === maker
  );
  if (theirs.length >= INVITATION_LIMITS.perMaker) {
    const why = "You, or without an account all at your address, have made " +
      `${INVITATION_LIMITS.perMaker} that last: take some back ` +
      "(INVITATION LIST shows yours, INVITATION REVOKE <id> does it)";
    throw fail("LIMIT_REACHED", "*", why);
  }
  assertRoomForToken(context, "INVITATION", "invitation");
}

/** So many are listed at once, which a send queue has room for. */
const LISTED_LIMIT = 200;

function list({ context, session, user }: UserCall): void {
  const all = manageable({ context, session, user });
  for (const token of all.slice(-LISTED_LIMIT)) {
    session.note("INVITATION", "LISTED", idOf(token), describe(context, token));
  }
  const which = all.length > LISTED_LIMIT ? `newest ${LISTED_LIMIT} of ${all.length} ` : "";
  session.note("INVITATION", "END", `These are the ${which}invitations that you can take back`);
}

function revoke({ context, session, user, params: [, id = ""] }: UserCall): void {
  const token = manageable({ context, session, user }).find((each) => idOf(each) === id);
  if (!token) {
    const why = "You can take back none of that name: see INVITATION LIST";
    throw fail("NO_SUCH_INVITATION", id, why);
  }
  withdraw(context, user.actor, token);
  context.log.info("took back an invitation", { nick: user.actor.nick, to: nameOf(token) });
  session.note("INVITATION", "REVOKED", id, `Nobody comes in by the invitation ${id} any more`);
}

/** The invitations that last, and that the user may see and take back. */
function manageable({ context, session, user }: Pick<UserCall, "context" | "session" | "user">) {
  const now = context.clock.now();
  return context.network.tokens.all.filter(isInvitation)
    .filter((token) => isCurrent(token, now) && runs(session, user, token));
}

/** How people name an invitation, which tells nothing of its text. */
function idOf({ hash }: Pick<Token, "hash">): string {
  return hash.slice(0, 8);
}

function nameOf({ worth }: InvitationToken): string {
  return worth.channel?.name ?? "*";
}

function describe(context: Context, token: Omit<InvitationToken, "time" | "usedBy">): string {
  const { worth, uses, until = Infinity, by } = token;
  const gone = worth.channel && !channelOf(context, worth) ? ", which is gone" : "";
  const destination = worth.channel ? `${worth.channel.name}${gone}` : "the server";
  const rest = formatDuration(until - context.clock.now());
  return `${idOf(token)}, by ${by}: to ${destination}, for ${uses} more, within ${rest}`;
}

function fail(code: string, about: string, why: string): StandardError {
  return new StandardError("INVITATION", code, about, why);
}
