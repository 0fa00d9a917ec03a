/**
 * USERHOST, USERIP and ISON: look up several users by nick.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import type { Service } from "../accounts/service.ts";
import type { Context } from "../core/context.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Numeric } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";
import { findService, shownService } from "./services.ts";

/** Commands of this family. */
export const peopleCommands: readonly Command[] = [
  {
    name: "USERHOST",
    syntax: "<nick>{ <nick>}",
    help: "Shows the hosts of up to five users.",
    minParams: 1,
    when: "registered",
    run: userhost,
  },
  {
    name: "USERIP",
    syntax: "<nick>{ <nick>}",
    help: "Shows the addresses of up to five users. Only operators see other users' addresses; " +
      "everyone else sees hosts.",
    minParams: 1,
    when: "registered",
    run: userip,
  },
  {
    name: "ISON",
    syntax: "<nick>{ <nick>}",
    help: "Shows which of these nicks are online.",
    minParams: 1,
    when: "registered",
    run: ison,
  },
];

/** The largest number of nicks in one USERHOST or USERIP (Modern IRC, "USERHOST message"). */
const USERHOST_LIMIT = 5;

function userhost(call: UserCall): void {
  sendFound(call.session, "RPL_USERHOST", describeUsers(call, ({ host }) => host));
}

/**
 * Sends what USERHOST sends, but with addresses instead of hosts: operators see the addresses of
 * all users, and other users see only their own. No specification has USERIP; 340 is the numeric of
 * existing servers.
 */
function userip(call: UserCall): void {
  const { user: viewer } = call;
  const seesAll = viewer.modes.has("o");
  const addressOf = (user: User) => seesAll || user === viewer ? user.address : user.host;
  sendFound(call.session, "RPL_USERIP", describeUsers(call, addressOf));
}

function describeUsers({ context, params }: UserCall, hostOf: (user: User) => string): string[] {
  return params.slice(0, USERHOST_LIMIT).flatMap((nick) => {
    const service = findService(context, nick);
    if (service) return [describeService(context, service)];
    const user = context.network.user(nick);
    if (!user) return [];
    const operator = user.modes.has("o") ? "*" : "";
    const away = user.away === undefined ? "+" : "-";
    return [`${user.actor.nick}${operator}=${away}${user.username}@${hostOf(user)}`];
  });
}

function describeService(context: Context, service: Service): string {
  const { nick, username, host } = shownService(context, service);
  return `${nick}=+${username}@${host}`;
}

function ison({ context, session, params }: UserCall): void {
  const nicks = params.flatMap((param) => param.split(" "));
  const present = nicks.flatMap((nick) =>
    findService(context, nick)?.nick ?? context.network.user(nick)?.actor.nick ?? []
  );
  sendFound(session, "RPL_ISON", present);
}

/** Sends a list in as many lines as it needs. An empty list gets a line, too. */
function sendFound(session: Session, numeric: Numeric, found: readonly string[]): void {
  if (found.length === 0) session.reply(numeric, "");
  else session.replyList(numeric, [], found);
}
