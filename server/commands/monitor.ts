/**
 * MONITOR: to be told when people come and go who share no room.
 *
 * Source: https://ircv3.net/specs/extensions/monitor
 *
 * @module
 */

import { casefold, nickFault } from "../../protocol.ts";
import { joinInLines } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import { isMetadataAware, postponeSync } from "../session/metadata_view.ts";
import { MONITOR_LIMIT } from "../state/monitors.ts";

/** Commands of this family. */
export const monitorCommands: readonly Command[] = [
  {
    name: "MONITOR",
    syntax: "(+|-) <nick>{,<nick>} | C | L | S",
    help: "Tells you when these people come and go; C: nobody any more, L: whom, S: who is here.",
    minParams: 1,
    when: "registered",
    run: monitor,
  },
];

const ACTIONS: ReadonlyMap<string, (call: UserCall, nicks: readonly string[]) => void> = new Map([
  ["+", watch],
  ["-", (call: UserCall, nicks: readonly string[]) => change(call, false, nicks)],
  ["C", (call: UserCall) => change(call, false, watched(call))],
  ["L", sendList],
  ["S", (call: UserCall) => sendStatus(call, watched(call))],
]);

function monitor(call: UserCall): void {
  const { session, params: [sign = "", list = ""] } = call;
  const action = ACTIONS.get(sign.toUpperCase());
  if (action) return action(call, list.split(",").filter((nick) => nick !== ""));
  session.fail("MONITOR", "INVALID_PARAMS", sign, "MONITOR is followed by +, -, C, L or S");
}

function watched({ context, user }: UserCall): string[] {
  return context.network.monitors.nicksOf(user);
}

function change({ context, user }: UserCall, add: boolean, nicks: readonly string[]): void {
  if (nicks.length > 0) context.append({ type: "MonitorChanged", by: user.actor, add, nicks });
}

/** So much of the nicks that found no room is named in a line, whatever stands around it. */
const FULL_LIST_BYTES = 300;

/** "MONITOR + target[,target2]*": nicks that find no room in the list are named in the answer. */
function watch(call: UserCall, asked: readonly string[]): void {
  const { session } = call;
  const listed = new Set(watched(call).map(casefold));
  const nicks: string[] = [];
  const refused: string[] = [];
  for (const nick of asked) {
    const fault = nickFault(nick);
    if (fault !== undefined) {
      session.reply("ERR_ERRONEUSNICKNAME", nick, fault);
    } else if (listed.has(casefold(nick)) || listed.size < MONITOR_LIMIT) {
      if (!listed.has(casefold(nick))) nicks.push(nick);
      listed.add(casefold(nick));
    } else {
      refused.push(nick);
    }
  }
  change(call, true, nicks);
  sendStatus(call, nicks);
  for (const line of joinInLines(refused, ",", FULL_LIST_BYTES)) {
    session.reply("ERR_MONLISTFULL", String(MONITOR_LIMIT), line);
  }
}

function sendList(call: UserCall): void {
  const { session } = call;
  session.replyList("RPL_MONLIST", [], watched(call), ",");
  session.reply("RPL_ENDOFMONLIST");
}

/** Who of `nicks` is here, and who is not. */
function sendStatus({ context, session }: UserCall, nicks: readonly string[]): void {
  const online: string[] = [];
  const offline: string[] = [];
  for (const nick of nicks) {
    const user = context.network.user(nick);
    if (user) online.push(user.actor.mask);
    else offline.push(nick);
  }
  session.replyList("RPL_MONONLINE", [], online, ",");
  session.replyList("RPL_MONOFFLINE", [], offline, ",");
  if (online.length > 0 && isMetadataAware(session)) postponeSync(session, "*ALL");
}
