/**
 * Who somebody is, or was: WHOIS, WHOWAS.
 *
 * Sources: Modern IRC, "WHOIS message" and "WHOWAS message".
 *
 * @module
 */

import type { Command, UserCall } from "../command.ts";
import { isAware } from "../metadata_view.ts";
import { isKnown } from "../permissions.ts";
import { IrcError } from "../replies.ts";
import type { User } from "../state.ts";
import { shownPrefixes } from "../channel_view.ts";
import { theUser } from "./lookup.ts";

/** Commands of this family. */
export const whoisCommands: readonly Command[] = [
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
];

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
  if (modes.has("B")) session.reply("RPL_WHOISBOT", nick);
  if (isAware(session)) {
    for (const [key, value] of user.metadata) {
      session.reply("RPL_WHOISKEYVALUE", nick, key, "*", value);
    }
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
