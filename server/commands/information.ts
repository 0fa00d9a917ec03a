/**
 * Commands about the server itself: MOTD, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, STATS,
 * ISUPPORT.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { SOFTWARE } from "../../shared/version.ts";
import { sendBans } from "./bans.ts";
import { matchesServer, nodeNames } from "./server_names.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import { sendIsupport } from "../session/isupport.ts";
import { matchesMask } from "../state/masks.ts";
import { IrcError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { INFORMATION_TEXTS } from "../texts/information.ts";

/** Commands of this family. A parameter for a server must name this server, except in LINKS. */
export const informationCommands: readonly Command[] = [
  serverCommand("MOTD", "Shows the message of the day.", sendMotd),
  {
    name: "LUSERS",
    syntax: "",
    help: "Shows how many users, channels and operators there are.",
    minParams: 0,
    when: "registered",
    run: ({ session }) => sendLusers(session),
  },
  serverCommand(
    "VERSION",
    "Shows the server's version and the features that it supports.",
    sendVersion,
  ),
  serverCommand("TIME", "Shows the server's time.", sendTime),
  serverCommand("INFO", "Shows the server software and when it started.", sendInfo),
  serverCommand("ADMIN", "Shows the configured operators.", sendAdmin),
  {
    name: "LINKS",
    syntax: "[[<server>] <mask>]",
    help: "Lists the servers of the cluster, if this server is in one.",
    minParams: 0,
    when: "registered",
    run: sendLinks,
  },
  {
    name: "STATS",
    syntax: "<query> [<server>]",
    help: "Shows the uptime (u) and the use of commands (m); to operators, also the configured " +
      "operators (o) and the banned addresses (d) and masks (k).",
    minParams: 1,
    when: "registered",
    run: (call) => call.session.answers.send(stats(call)),
  },
  {
    name: "ISUPPORT",
    syntax: "",
    help: "Shows the features that the server supports.",
    minParams: 0,
    when: "always",
    run({ session }) {
      // With the capability, ISUPPORT is also allowed before registration
      // (https://ircv3.net/specs/extensions/extended-isupport, "`draft/extended-isupport`
      // capability").
      if (!session.user && !session.caps.has("draft/extended-isupport")) {
        throw new IrcError("ERR_NOTREGISTERED");
      }
      sendIsupport(session);
    },
  },
];

/** Returns a command whose only parameter, which may be missing, is the name of the server. */
function serverCommand(name: string, help: string, send: (session: Session) => void): Command {
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

/**
 * Checks that `server`, if given, means this server: the name of the server or of one of its nodes,
 * a mask that matches such a name, or the nick of a user.
 *
 * @throws {IrcError} if it means another server.
 */
function assertThisServer({ context }: UserCall, server: string | undefined): void {
  if (server === undefined || matchesServer(context, server)) return;
  if (!context.network.user(server)) throw new IrcError("ERR_NOSUCHSERVER", server);
}

/** Sends the message of the day, or `ERR_NOMOTD` if there is none. */
export function sendMotd(session: Session): void {
  const { motd, name } = session.context.options;
  if (motd.length === 0) return session.reply("ERR_NOMOTD");
  session.reply("RPL_MOTDSTART", INFORMATION_TEXTS.motdStart(name));
  for (const line of motd) session.reply("RPL_MOTD", INFORMATION_TEXTS.motdLine(line));
  session.reply("RPL_ENDOFMOTD");
}

/** Sends the numbers of users, connections and channels. */
export function sendLusers(session: Session): void {
  const { network, clients, nodes } = session.context;
  const { users, most, invisible, operators } = network.counts;
  let registered = 0;
  for (const { user } of clients) if (user) registered++;
  const visible = users - invisible;
  session.reply(
    "RPL_LUSERCLIENT",
    INFORMATION_TEXTS.users(visible, invisible, Math.max(1, nodes.names.size)),
  );
  session.reply("RPL_LUSEROP", String(operators));
  session.reply("RPL_LUSERUNKNOWN", String(clients.size - registered));
  session.reply("RPL_LUSERCHANNELS", String(network.channels.size));
  session.reply("RPL_LUSERME", INFORMATION_TEXTS.clients(registered, nodes.names.size));
  const counts = [String(users), String(most)];
  session.reply("RPL_LOCALUSERS", ...counts, INFORMATION_TEXTS.localUsers(users, most));
  session.reply("RPL_GLOBALUSERS", ...counts, INFORMATION_TEXTS.globalUsers(users, most));
}

/** Sends the nodes of the cluster. */
function sendLinks({ context, session, params }: UserCall): void {
  const mask = params.at(-1) ?? "*";
  const { name, network } = context.options;
  for (const [node, server] of nodeNames(context)) {
    const about = INFORMATION_TEXTS.link(network, node === context.nodes.leader);
    if (matchesMask(mask, server)) session.reply("RPL_LINKS", server, name, about);
  }
  session.reply("RPL_ENDOFLINKS", mask);
}

function sendVersion(session: Session): void {
  const { name } = session.context.options;
  session.reply("RPL_VERSION", SOFTWARE, name, INFORMATION_TEXTS.versionComment);
  sendIsupport(session);
}

function sendTime(session: Session): void {
  const now = new Date(session.context.clock.now());
  session.reply("RPL_TIME", session.context.options.name, now.toISOString());
}

function sendInfo(session: Session): void {
  const { startedAt } = session.context;
  session.reply("RPL_INFO", INFORMATION_TEXTS.program(SOFTWARE));
  session.reply("RPL_INFO", INFORMATION_TEXTS.runningSince(new Date(startedAt).toISOString()));
  session.reply("RPL_ENDOFINFO");
}

function sendAdmin(session: Session): void {
  const { name, network, operators } = session.context.options;
  const names = operators.map((operator) => operator.name).join(", ");
  session.reply("RPL_ADMINME", name);
  session.reply("RPL_ADMINLOC1", network);
  session.reply(
    "RPL_ADMINLOC2",
    names === "" ? INFORMATION_TEXTS.noOperators : INFORMATION_TEXTS.operators(names),
  );
  session.reply("RPL_ADMINEMAIL", INFORMATION_TEXTS.contact);
}

/** The reply to each letter of STATS (Modern IRC, "STATS message"). */
const STATISTICS: ReadonlyMap<string, (call: UserCall) => Steps | void> = new Map<
  string,
  (call: UserCall) => Steps | void
>([
  ["d", (call: UserCall) => sendBans(call, "address")],
  ["k", (call: UserCall) => sendBans(call, "mask")],
  ["m", sendCommandUses],
  ["o", sendOperatorNames],
  ["u", sendUptime],
]);

const NOTHING: readonly void[] = [];

/**
 * The letters for operators only. From the replies, other users could learn addresses, or the names
 * of operators whose passwords they could try to guess.
 */
const OPERATORS_ONLY = ["d", "k", "o"];

function* stats(call: UserCall): Steps {
  const { session, user, params: [query = "", server] } = call;
  assertThisServer(call, server);
  if (OPERATORS_ONLY.includes(query) && !user.modes.has("o")) session.reply("ERR_NOPRIVILEGES");
  else yield* STATISTICS.get(query)?.(call) ?? NOTHING;
  session.reply("RPL_ENDOFSTATS", query);
}

function* sendCommandUses({ context, session }: UserCall): Steps {
  for (const [name, count] of [...context.commandUses].sort()) {
    session.reply("RPL_STATSCOMMANDS", name, String(count), "0", "0");
    yield;
  }
}

/** Sends the names of the operators in the configuration file. */
function* sendOperatorNames({ context, session }: UserCall): Steps {
  for (const { name } of context.options.operators) {
    session.reply("RPL_STATSOLINE", "O", "*", "*", name);
    yield;
  }
}

function sendUptime({ context, session }: UserCall): void {
  // In a cluster, this is the uptime of the server to which the client is connected.
  const { nodes, startedAtMoment } = context;
  const start = nodes.started.get(nodes.of(session) ?? "") ?? startedAtMoment;
  const seconds = Math.floor(context.clock.moment().allSince(start) / 1000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60]
    .map((number) => String(number).padStart(2, "0"));
  session.reply("RPL_STATSUPTIME", INFORMATION_TEXTS.uptime(days, `${hours}:${minutes}:${rest}`));
}
