/**
 * Who is there, of several people at once: USERHOST, ISON.
 *
 * @module
 */

import type { Command, UserCall } from "../command.ts";
import type { Numeric } from "../replies.ts";
import type { Session } from "../session.ts";

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

function userhost({ context, session, params }: UserCall): void {
  const replies = params.slice(0, USERHOST_LIMIT).flatMap((nick) => {
    const user = context.network.user(nick);
    if (!user) return [];
    const operator = user.modes.has("o") ? "*" : "";
    const away = user.away === undefined ? "+" : "-";
    return [`${user.actor.nick}${operator}=${away}${user.username}@${user.host}`];
  });
  sendFound(session, "RPL_USERHOST", replies);
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
