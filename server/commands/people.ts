/**
 * Who is there: WHO, WHOIS, WHOWAS, USERHOST, ISON, and AWAY for who is not.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { splitText } from "../../text.ts";
import type { Command, UserCall } from "../command.ts";
import { matchesMask } from "../masks.ts";
import type { Channel, User } from "../state.ts";
import { isKnown, isVisible } from "../permissions.ts";
import { IrcError } from "../replies.ts";
import { shownPrefixes } from "./channels.ts";
import { theUser } from "./lookup.ts";

/** Commands of this family. */
export const peopleCommands: readonly Command[] = [
  {
    name: "WHO",
    syntax: "[<mask> [o]]",
    help: "Lists people in a channel or matching a mask; o: operators only.",
    minParams: 0,
    when: "registered",
    run: who,
  },
  {
    name: "WHOIS",
    syntax: "[<server>] <nick>",
    help: "Tells who somebody is.",
    minParams: 0,
    when: "registered",
    run: whois,
  },
  {
    name: "WHOWAS",
    syntax: "<nick> [<count>]",
    help: "Tells who went by a nick before.",
    minParams: 0,
    when: "registered",
    run: whowas,
  },
  {
    name: "USERHOST",
    syntax: "<nick>{ <nick>}",
    help: "Tells the hosts of up to five people.",
    minParams: 1,
    when: "registered",
    run: userhost,
  },
  {
    name: "ISON",
    syntax: "<nick>{ <nick>}",
    help: "Tells which of these people are here.",
    minParams: 1,
    when: "registered",
    run: ison,
  },
  {
    name: "AWAY",
    syntax: "[<message>]",
    help: "Says that you are away; without a message, that you are back.",
    minParams: 0,
    when: "registered",
    run: away,
  },
];

function who(call: UserCall): void {
  const { context, session, user, params: [mask = "*", filter] } = call;
  const named = context.network.channel(mask);
  const channel = named && isKnown(named, user) ? named : undefined;
  const found: Iterable<User> = channel ? channel.members.keys() : matchingUsers(call, mask);
  const seesAll = channel?.members.has(user) ?? false;
  for (const each of found) {
    if (filter === "o" && !each.modes.has("o")) continue;
    if (seesAll || each.actor.nick === mask || isVisible(each, user)) sendWho(call, each, channel);
  }
  session.reply("RPL_ENDOFWHO", mask);
}

function matchingUsers({ context }: UserCall, mask: string): User[] {
  const named = context.network.user(mask);
  if (named) return [named];
  return [...context.network.users.values()].filter(({ actor, host, realname }) =>
    [actor.nick, host, realname].some((text) => matchesMask(mask, text))
  );
}

function sendWho({ context, session }: UserCall, user: User, channel: Channel | undefined): void {
  const { actor, username, host, modes, away, realname } = user;
  const flags = (away === undefined ? "H" : "G") + (modes.has("o") ? "*" : "") +
    (channel ? shownPrefixes(session, channel.members.get(user) ?? "") : "");
  const { name } = context.options;
  const where = channel?.name ?? "*";
  session.reply("RPL_WHOREPLY", where, username, host, name, actor.nick, flags, `0 ${realname}`);
}

function whois(call: UserCall): void {
  const { session, params } = call;
  // With two parameters, the first is the server to ask: there is only this one.
  const nick = params[1] ?? params[0] ?? "";
  if (nick === "") throw new IrcError("ERR_NONICKNAMEGIVEN");
  session.attempt(() => sendWhois(call, theUser(call.context, nick)));
  session.reply("RPL_ENDOFWHOIS", nick);
}

function sendWhois({ context, session, user: viewer }: UserCall, user: User): void {
  const { actor: { nick }, username, host, realname, channels, modes, away, recipient } = user;
  session.reply("RPL_WHOISUSER", nick, username, host, "*", realname);
  const shown = [...channels].filter((channel) => isKnown(channel, viewer)).map((channel) =>
    shownPrefixes(session, channel.members.get(user) ?? "") + channel.name
  );
  // As many lines as it takes: a name is at most a channel's length and its prefixes.
  for (let i = 0; i < shown.length; i += CHANNELS_PER_LINE) {
    session.reply("RPL_WHOISCHANNELS", nick, shown.slice(i, i + CHANNELS_PER_LINE).join(" "));
  }
  session.reply("RPL_WHOISSERVER", nick, context.options.name, context.options.network);
  if (modes.has("o")) session.reply("RPL_WHOISOPERATOR", nick);
  if (viewer === user || viewer.modes.has("o")) {
    session.reply("RPL_WHOISHOST", nick, `is connecting from ${user.actor.mask.split("!")[1]}`);
  }
  if (away !== undefined) session.reply("RPL_AWAY", nick, away);
  if (recipient) {
    const idle = Math.max(0, context.clock.now() - recipient.lastActive);
    session.reply("RPL_WHOISIDLE", nick, seconds(idle), seconds(user.connectedAt));
  }
}

/** So many channel names of greatest length fit into a line. */
const CHANNELS_PER_LINE = 5;

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}

function whowas({ context, session, params: [nick = "", count = ""] }: UserCall): void {
  if (nick === "") throw new IrcError("ERR_NONICKNAMEGIVEN");
  const limit = Number(count) > 0 ? Number(count) : Infinity;
  const found = context.network.former(nick).slice(0, limit);
  if (found.length === 0) session.reply("ERR_WASNOSUCHNICK", nick);
  for (const { nick, username, host, realname, time } of found) {
    session.reply("RPL_WHOWASUSER", nick, username, host, "*", realname);
    session.reply("RPL_WHOISSERVER", nick, context.options.name, new Date(time).toISOString());
  }
  session.reply("RPL_ENDOFWHOWAS", nick);
}

/** Modern IRC, "USERHOST message": up to five nicks. */
const USERHOST_LIMIT = 5;

function userhost({ context, session, params }: UserCall): void {
  const replies = params.slice(0, USERHOST_LIMIT).flatMap((nick) => {
    const user = context.network.user(nick);
    if (!user) return [];
    const operator = user.modes.has("o") ? "*" : "";
    const away = user.away === undefined ? "+" : "-";
    return [`${user.actor.nick}${operator}=${away}${user.username}@${user.host}`];
  });
  session.reply("RPL_USERHOST", replies.join(" "));
}

function ison({ context, session, params }: UserCall): void {
  const nicks = params.flatMap((param) => param.split(" "));
  const present = nicks.flatMap((nick) => context.network.user(nick)?.actor.nick ?? []);
  session.reply("RPL_ISON", present.join(" "));
}

function away({ context, session, user, params: [text = ""] }: UserCall): void {
  const [cut = ""] = splitText(text, LIMITS.away);
  const message = cut === "" ? undefined : cut;
  context.happen({ type: "AwayChanged", by: user.actor, message });
  session.reply(message === undefined ? "RPL_UNAWAY" : "RPL_NOWAWAY");
}
