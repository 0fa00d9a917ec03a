/**
 * Who is there, of several people at once: USERHOST, USERIP, ISON.
 *
 * @module
 */

import type { Command, UserCall } from "../session/command.ts";
import type { Numeric } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";

/** Commands of this family. */
export const peopleCommands: readonly Command[] = [
  {
    name: "USERHOST",
    syntax: "<nick>{ <nick>}",
    help: "Tells the hosts of up to five people.",
    minParams: 1,
    when: "registered",
    run: userhost,
  },
  {
    name: "USERIP",
    syntax: "<nick>{ <nick>}",
    help: "Tells the addresses of up to five people, as far as you may see them.",
    minParams: 1,
    when: "registered",
    run: userip,
  },
  {
    name: "ISON",
    syntax: "<nick>{ <nick>}",
    help: "Tells which of these people are here.",
    minParams: 1,
    when: "registered",
    run: ison,
  },
];

/** Modern IRC, "USERHOST message": up to five nicks. */
const USERHOST_LIMIT = 5;

function userhost(call: UserCall): void {
  sendFound(call.session, "RPL_USERHOST", whereabouts(call, ({ host }) => host));
}

/**
 * As USERHOST, with the address that people come from: for themselves, and for operators. No
 * specification has it; 340 is what servers in use answer with.
 */
function userip(call: UserCall): void {
  const { user: viewer } = call;
  const seesAll = viewer.modes.has("o");
  const where = (user: User) => seesAll || user === viewer ? user.address : user.host;
  sendFound(call.session, "RPL_USERIP", whereabouts(call, where));
}

function whereabouts({ context, params }: UserCall, where: (user: User) => string): string[] {
  return params.slice(0, USERHOST_LIMIT).flatMap((nick) => {
    const user = context.network.user(nick);
    if (!user) return [];
    const operator = user.modes.has("o") ? "*" : "";
    const away = user.away === undefined ? "+" : "-";
    return [`${user.actor.nick}${operator}=${away}${user.username}@${where(user)}`];
  });
}

function ison({ context, session, params }: UserCall): void {
  const nicks = params.flatMap((param) => param.split(" "));
  const present = nicks.flatMap((nick) => context.network.user(nick)?.actor.nick ?? []);
  sendFound(session, "RPL_ISON", present);
}

/** That there is nobody is an answer as well. */
function sendFound(session: Session, numeric: Numeric, found: readonly string[]): void {
  if (found.length === 0) session.reply(numeric, "");
  else session.replyList(numeric, [], found);
}
