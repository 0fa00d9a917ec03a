/**
 * WHOIS and WHOWAS: show a user, or former users of a nick.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "WHOIS message" and "WHOWAS message").
 *
 * @module
 */

import type { Service } from "../accounts/service.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import type { Context } from "../core/context.ts";
import { isMetadataAware } from "../session/metadata_view.ts";
import { isShown } from "../state/visibility.ts";
import { idleMs, isEncrypted, type Recipient } from "../state/recipient.ts";
import { IrcError } from "../irc/replies.ts";
import type { User } from "../state/state.ts";
import { shownPrefixes } from "../session/channel_view.ts";
import { WHOIS_TEXTS } from "../texts/people.ts";
import { requireUser, splitTargets } from "./lookup.ts";
import { matchesServer, nodesOf } from "./server_names.ts";
import { findService, shownService } from "./services.ts";

/** Commands of this family. */
export const whoisCommands: readonly Command[] = [
  {
    name: "WHOIS",
    syntax: "[<server>] <nick>{,<nick>}",
    help: "Shows information about users.",
    minParams: 0,
    when: "registered",
    run: (call) => call.session.answers.send(whois(call)),
  },
  {
    name: "WHOWAS",
    syntax: "<nick> [<count>]",
    help: "Shows the former users of a nick.",
    minParams: 0,
    when: "registered",
    run: (call) => call.session.answers.send(whowas(call)),
  },
];

function* whois(call: UserCall): Steps {
  const { context, session, params: [first = "", second] } = call;
  if (first === "") throw new IrcError("ERR_NONICKNAMEGIVEN");
  // With two parameters, the first must name a server or a user.
  if (second !== undefined && !isServerOrUser(context, first)) {
    throw new IrcError("ERR_NOSUCHSERVER", first);
  }
  for (const nick of splitTargets(second ?? first, "WHOIS")) {
    const service = findService(context, nick);
    if (service) sendService(call, service);
    else session.attempt(() => sendWhois(call, requireUser(context, nick)));
    session.reply("RPL_ENDOFWHOIS", nick);
    yield;
  }
}

function sendService({ context, session }: UserCall, service: Service): void {
  const { nick, username, host } = shownService(context, service);
  session.reply("RPL_WHOISUSER", nick, username, host, "*", service.realname);
  session.reply("RPL_WHOISSERVER", nick, context.options.name, context.options.network);
}

function isServerOrUser(context: Context, target: string): boolean {
  return context.network.user(target) !== undefined || findService(context, target) !== undefined ||
    matchesServer(context, target);
}

function sendWhois(call: UserCall, user: User): void {
  const { context, session, user: viewer } = call;
  const { actor: { nick, account }, username, host, realname, modes, away } = user;
  session.reply("RPL_WHOISUSER", nick, username, host, "*", realname);
  session.replyList("RPL_WHOISCHANNELS", [nick], channelsShown(call, user));
  const { name, network } = context.options;
  const place = WHOIS_TEXTS.place(network, [...nodesOf(context, user)]);
  session.reply("RPL_WHOISSERVER", nick, name, place);
  if (account !== undefined) session.reply("RPL_WHOISACCOUNT", nick, account);
  if (modes.has("o")) session.reply("RPL_WHOISOPERATOR", nick);
  if (viewer === user || viewer.modes.has("o")) {
    session.reply("RPL_WHOISACTUALLY", nick, user.address);
    for (const gateway of distinct(user, (client) => client.gateway)) {
      session.reply("RPL_WHOISGATEWAY", nick, "*", "*", WHOIS_TEXTS.gateway(gateway));
    }
    for (const fingerprint of distinct(user, (client) => client.certificate)) {
      session.reply("RPL_WHOISCERTFP", nick, WHOIS_TEXTS.certificate(fingerprint));
    }
    session.reply("RPL_WHOISMODES", nick, WHOIS_TEXTS.modes([...modes].sort().join("")));
  }
  if (isEncrypted(user)) session.reply("RPL_WHOISSECURE", nick);
  if (modes.has("B")) session.reply("RPL_WHOISBOT", nick);
  if (isMetadataAware(session)) {
    for (const [key, value] of user.metadata) {
      session.reply("RPL_WHOISKEYVALUE", nick, key, "*", value);
    }
  }
  if (away !== undefined) session.reply("RPL_AWAY", nick, away);
  if (user.recipients.all.length > 0) {
    const idle = idleMs(user, context.clock.moment());
    session.reply("RPL_WHOISIDLE", nick, seconds(idle), seconds(user.connectedAt));
  }
}

/** Returns what `itemOf` returns for the clients of the user, without repetitions. */
function distinct(
  { recipients }: User,
  itemOf: (client: Recipient) => string | undefined,
): Iterable<string> {
  return new Set(recipients.all.flatMap((client) => itemOf(client) ?? []));
}

/**
 * Returns the channels of the user that the viewer may see, with the user's prefixes there. If the
 * user is invisible, and the viewer is not an operator of the server, these are only the channels
 * that both are in (Modern IRC, "Invisible User Mode").
 */
function channelsShown({ session, user: viewer }: UserCall, user: User): string[] {
  const hidden = user.modes.has("i") && !viewer.modes.has("o");
  return [...user.channels]
    .filter((channel) => hidden ? channel.members.has(viewer) : isShown(channel, viewer))
    .map((channel) => shownPrefixes(session, channel.members.get(user) ?? "") + channel.name);
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}

function* whowas({ context, session, user, params: [nick = "", count = ""] }: UserCall): Steps {
  if (nick === "") throw new IrcError("ERR_NONICKNAMEGIVEN");
  const limit = Number(count) > 0 ? Number(count) : Infinity;
  const found = context.network.former(nick).slice(0, limit);
  if (found.length === 0) session.reply("ERR_WASNOSUCHNICK", nick);
  for (const { nick, username, host, address, realname, time } of found) {
    session.reply("RPL_WHOWASUSER", nick, username, host, "*", realname);
    if (user.modes.has("o")) session.reply("RPL_WHOISACTUALLY", nick, address);
    session.reply("RPL_WHOISSERVER", nick, context.options.name, new Date(time).toISOString());
    yield;
  }
  session.reply("RPL_ENDOFWHOWAS", nick);
}
