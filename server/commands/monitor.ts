/**
 * MONITOR: notifies a client when certain nicks come online or go offline, even if their users
 * share no channel with the client's user.
 *
 * Source: https://ircv3.net/specs/extensions/monitor
 *
 * @module
 */

import { casefold, nickFault } from "../../protocol.ts";
import { joinInLines } from "../../shared/text.ts";
import type { Context } from "../core/context.ts";
import type { Command, UserCall } from "../session/command.ts";
import { isMetadataAware, postponeSync } from "../session/metadata_view.ts";
import { MONITOR_LIMIT } from "../state/monitors.ts";
import { MONITOR_TEXTS } from "../texts/people.ts";
import { findService, shownService } from "./services.ts";

/** Commands of this family. */
export const monitorCommands: readonly Command[] = [
  {
    name: "MONITOR",
    syntax: "(+|-) <nick>{,<nick>} | C | L | S",
    help: "Tells you when users come online or go offline. + adds nicks, - removes them, " +
      "C clears the list, L shows it, and S shows which of its nicks are online.",
    minParams: 1,
    when: "registered",
    run: monitor,
  },
];

const ACTIONS: ReadonlyMap<string, (call: UserCall, nicks: readonly string[]) => void> = new Map([
  ["+", add],
  ["-", remove],
  ["C", ({ context, session }: UserCall) => context.monitors.forget(session)],
  ["L", sendList],
  ["S", (call: UserCall) => sendStatus(call, monitored(call))],
]);

function monitor(call: UserCall): void {
  const { session, params: [sign = "", list = ""] } = call;
  const action = ACTIONS.get(sign.toUpperCase());
  if (action) return action(call, list.split(",").filter((nick) => nick !== ""));
  session.fail("MONITOR", "INVALID_PARAMS", sign, MONITOR_TEXTS.unknownSubcommand);
}

function monitored({ context, session }: UserCall): string[] {
  return context.monitors.nicksOf(session);
}

function remove({ context, session }: UserCall, nicks: readonly string[]): void {
  for (const nick of nicks) context.monitors.remove(session, nick);
}

/**
 * The largest size of all refused nicks in one line, in bytes, so that the rest of the line fits as
 * well.
 */
const REFUSED_BYTES = 300;

/**
 * Adds nicks to the client's list, and sends the status of each, even of those on the list already
 * ("`MONITOR + target[,target2]*`"). Refuses nicks beyond the limit, and invalid nicks, in separate
 * replies.
 */
function add(call: UserCall, asked: readonly string[]): void {
  const { context: { monitors }, session } = call;
  const listed = new Set(monitored(call).map(casefold));
  const answered = new Map<string, string>();
  const refused: string[] = [];
  for (const nick of asked) {
    const fault = nickFault(nick);
    if (fault !== undefined) {
      session.reply("ERR_ERRONEUSNICKNAME", nick, fault);
    } else if (listed.has(casefold(nick)) || listed.size < MONITOR_LIMIT) {
      if (!listed.has(casefold(nick))) monitors.add(session, nick);
      listed.add(casefold(nick));
      answered.set(casefold(nick), nick);
    } else {
      refused.push(nick);
    }
  }
  sendStatus(call, [...answered.values()]);
  for (const line of joinInLines(refused, ",", REFUSED_BYTES)) {
    session.reply("ERR_MONLISTFULL", String(MONITOR_LIMIT), line);
  }
}

function sendList(call: UserCall): void {
  const { session } = call;
  session.replyList("RPL_MONLIST", [], monitored(call), ",");
  session.reply("RPL_ENDOFMONLIST");
}

function serviceMask(context: Context, name: string): string | undefined {
  const service = findService(context, name);
  if (!service) return undefined;
  const { nick, username, host } = shownService(context, service);
  return `${nick}!${username}@${host}`;
}

/** Sends which of `nicks` are online and which are not. */
function sendStatus({ context, session }: UserCall, nicks: readonly string[]): void {
  const online: string[] = [];
  const offline: string[] = [];
  for (const nick of nicks) {
    const user = context.network.user(nick);
    const mask = user?.actor.mask ?? serviceMask(context, nick);
    if (mask !== undefined) online.push(mask);
    else offline.push(nick);
  }
  session.replyList("RPL_MONONLINE", [], online, ",");
  session.replyList("RPL_MONOFFLINE", [], offline, ",");
  if (online.length > 0 && isMetadataAware(session)) postponeSync(session, "*ALL");
}
