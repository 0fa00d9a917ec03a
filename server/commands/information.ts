/**
 * About the server itself: MOTD, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, STATS,
 * ISUPPORT.
 *
 * @module
 */

import { SOFTWARE } from "../../shared/version.ts";
import { sendBans } from "./bans.ts";
import type { Command, UserCall } from "../session/command.ts";
import { sendIsupport } from "../session/isupport.ts";
import { matchesMask } from "../state/masks.ts";
import { IrcError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";

/** Commands of this family. Each may name a server; there is only this one. */
export const informationCommands: readonly Command[] = [
  row("MOTD", "Shows the message of the day.", sendMotd),
  {
    name: "LUSERS",
    syntax: "",
    help: "Counts users, channels and operators.",
    minParams: 0,
    when: "registered",
    run: ({ session }) => sendLusers(session),
  },
  row("VERSION", "Tells what the server runs and what it supports.", sendVersion),
  row("TIME", "Tells the server's time.", sendTime),
  row("INFO", "Tells about the server's program.", sendInfo),
  row("ADMIN", "Tells who runs the server.", sendAdmin),
  {
    name: "LINKS",
    syntax: "[[<server>] <mask>]",
    help: "Lists the links to other servers.",
    minParams: 0,
    when: "registered",
    run: ({ session }) => session.reply("RPL_ENDOFLINKS", "*"),
  },
  {
    name: "STATS",
    syntax: "<query> [<server>]",
    help:
      "Tells how long the server has run (u), which commands were used (m) and, to operators, who " +
      "may become one (o) and which addresses (d) and masks (k) are banned.",
    minParams: 1,
    when: "registered",
    run: stats,
  },
  {
    name: "ISUPPORT",
    syntax: "",
    help: "Tells what the server supports.",
    minParams: 0,
    when: "always",
    run({ session }) {
      // extended-isupport, "`draft/extended-isupport` capability": with it, also before registering.
      if (!session.user && !session.caps.has("draft/extended-isupport")) {
        throw new IrcError("ERR_NOTREGISTERED");
      }
      sendIsupport(session);
    },
  },
];

function row(name: string, help: string, send: (session: Session) => void): Command {
  return {
    name,
    syntax: "[<server>]",
    help,
    minParams: 0,
    when: "registered",
    run(call) {
      assertThisServer(call, call.params[0]);
      send(call.session);
    },
  };
}

/** A server is named by its name, by a mask of it, or by somebody who is on it. */
function assertThisServer({ context }: UserCall, server: string | undefined): void {
  if (server === undefined || matchesMask(server, context.options.name)) return;
  if (!context.network.user(server)) throw new IrcError("ERR_NOSUCHSERVER", server);
}

/** Sends the message of the day, or that there is none. */
export function sendMotd(session: Session): void {
  const { motd, name } = session.context.options;
  if (motd.length === 0) return session.reply("ERR_NOMOTD");
  session.reply("RPL_MOTDSTART", `- ${name} Message of the day -`);
  for (const line of motd) session.reply("RPL_MOTD", `- ${line}`);
  session.reply("RPL_ENDOFMOTD");
}

/** Sends how many there are. */
export function sendLusers(session: Session): void {
  const { network, clients } = session.context;
  const { users, most, invisible, operators } = network.counts;
  let registered = 0;
  for (const { user } of clients) if (user) registered++;
  const visible = users - invisible;
  session.reply(
    "RPL_LUSERCLIENT",
    `There are ${visible} users and ${invisible} invisible on 1 server`,
  );
  session.reply("RPL_LUSEROP", String(operators));
  session.reply("RPL_LUSERUNKNOWN", String(clients.size - registered));
  session.reply("RPL_LUSERCHANNELS", String(network.channels.size));
  session.reply("RPL_LUSERME", `I have ${registered} clients and 0 servers`);
  const counts = [String(users), String(most)];
  session.reply("RPL_LOCALUSERS", ...counts, `Current local users ${users}, max ${most}`);
  session.reply("RPL_GLOBALUSERS", ...counts, `Current global users ${users}, max ${most}`);
}

function sendVersion(session: Session): void {
  session.reply("RPL_VERSION", SOFTWARE, session.context.options.name, "Chat for people, over IRC");
  sendIsupport(session);
}

function sendTime(session: Session): void {
  const now = new Date(session.context.clock.now());
  session.reply("RPL_TIME", session.context.options.name, now.toISOString());
}

function sendInfo(session: Session): void {
  const { startedAt } = session.context;
  session.reply("RPL_INFO", `${SOFTWARE}, a chat server and client in one executable`);
  session.reply("RPL_INFO", `Running since ${new Date(startedAt).toISOString()}`);
  session.reply("RPL_ENDOFINFO");
}

function sendAdmin(session: Session): void {
  const { name, network, operators } = session.context.options;
  const names = operators.map((operator) => operator.name).join(", ");
  session.reply("RPL_ADMINME", name);
  session.reply("RPL_ADMINLOC1", network);
  session.reply(
    "RPL_ADMINLOC2",
    names === "" ? "This server names no operators" : `Run by ${names}`,
  );
  session.reply("RPL_ADMINEMAIL", "Ask in the server's rooms");
}

/** Modern IRC, "STATS message": what each letter tells. */
const STATISTICS: ReadonlyMap<string, (call: UserCall) => void> = new Map([
  ["d", (call: UserCall) => sendBans(call, "address")],
  ["k", (call: UserCall) => sendBans(call, "mask")],
  ["m", sendCommandUses],
  ["o", sendOperatorNames],
  ["u", sendUptime],
]);

function stats(call: UserCall): void {
  const { session, params: [query = "", server] } = call;
  assertThisServer(call, server);
  session.attempt(() => STATISTICS.get(query)?.(call));
  session.reply("RPL_ENDOFSTATS", query);
}

function sendCommandUses({ context, session }: UserCall): void {
  for (const [name, count] of [...context.commandUses].sort()) {
    session.reply("RPL_STATSCOMMANDS", name, String(count), "0", "0");
  }
}

/** Who may become an operator is for those who are: others could begin to guess passwords. */
function sendOperatorNames({ context, session, user }: UserCall): void {
  if (!user.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  for (const { name } of context.options.operators) {
    session.reply("RPL_STATSOLINE", "O", "*", "*", name);
  }
}

function sendUptime({ context, session }: UserCall): void {
  const seconds = Math.floor((context.clock.now() - context.startedAt) / 1000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60]
    .map((number) => String(number).padStart(2, "0"));
  session.reply("RPL_STATSUPTIME", `Server Up ${days} days ${hours}:${minutes}:${rest}`);
}
