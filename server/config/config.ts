/**
 * How `chat serve` is told its options: the flags and settings there are, and how they are put
 * together from the command line, the environment and a configuration file. Knows nothing of sockets
 * or of what the server does with an option.
 *
 * @module
 */

import { formatAddress } from "../../address.ts";
import { UsageError } from "../../errors.ts";
import { type Command, type Environment, type Flag, parseFlags } from "../../flags.ts";
import { DEFAULT_PORT } from "../../protocol.ts";
import type { KeyFiles } from "../net/identity.ts";
import * as kinds from "./kinds.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../log.ts";
import { DEFAULT_ACCOUNT_RULES, DEFAULT_LIMITS, QR_TIMES, type ServeOptions } from "./options.ts";
import { listOf, oneOf, Settings } from "./settings.ts";

/** The flag that names the server's folder. */
export const dataFlag: Flag = {
  name: "data",
  value: "DIR",
  group: "Files",
  help: "The folder for the server's own files, made if it is not there (default: chat in " +
    "$XDG_DATA_HOME or ~/.local/share).",
};

/** The command `chat serve`. */
export const SERVE: Command = {
  name: "serve",
  summary: "Start a server",
  description: [
    "Starts a server and says what a friend has to type to join it. It speaks IRC, so that every " +
    "IRC client can join as well. No flag is needed.",
    "Each flag can also be a key of the file given with --config, which is JSON and may have " +
    "comments: --plain-port is plainPort there. Flags win.",
  ],
  flags: [
    {
      name: "listen",
      value: "[HOST:]PORT",
      repeatable: true,
      default: formatAddress({ hostname: "0.0.0.0", port: DEFAULT_PORT }),
      group: "Where it listens",
      help: "Listen there, IPv6 in brackets; port 0 picks a free one.",
    },
    {
      name: "plain-port",
      value: "PORT",
      group: "Where it listens",
      help: "Listen also, at the first --listen's host, for people who have only nc: what they " +
        "type is said in the room. Whoever can reach it is let in, so there can be no password.",
    },
    {
      name: "metrics",
      value: "[HOST:]PORT",
      group: "Where it listens",
      help: "Answer there, by HTTP, how the server is: /health, and /metrics for Prometheus. " +
        "Without HOST only on this machine; whoever can reach it can read it.",
    },
    {
      name: "address",
      value: "HOST[:PORT]",
      group: "Where it listens",
      help: "What others reach the server at, as in the lines for friends, where that is not an " +
        "address of the machine: a name, or whatever a router in between has.",
    },
    {
      name: "qr",
      value: "WHEN",
      alone: "auto",
      group: "What people see",
      help:
        "Show the URL for a friend as a QR code, too: auto, which is what --qr alone means, if " +
        "standard output is a terminal; or always.",
    },
    {
      name: "room",
      value: "NAME",
      default: "#lobby",
      group: "What people see",
      help: "The room that newcomers join.",
    },
    {
      name: "name",
      value: "NAME",
      default: "chat.local",
      group: "What people see",
      help: "The server's name, with a dot in it, best the machine's.",
    },
    {
      name: "network",
      value: "NAME",
      default: "chat",
      group: "What people see",
      help: "The name that clients list the server under.",
    },
    {
      name: "motd",
      value: "TEXT|FILE",
      group: "What people see",
      help: "The message of the day: text, or a file that holds it.",
    },
    {
      name: "replay",
      value: "COUNT",
      default: "20",
      group: "What people see",
      help:
        "How much of what was said last to show to who comes into a room, unless their program " +
        "asks for it by itself; 0 for nothing.",
    },
    {
      name: "password",
      value: "TEXT",
      variable: "CHAT_PASSWORD",
      group: "Who may come in",
      help: "Let in only who knows it. Other users of the machine can see a command line.",
    },
    {
      name: "invite-only",
      group: "Who may come in",
      help: "Let in only who has an account, or an invitation of somebody who is in.",
    },
    {
      name: "allow-plaintext",
      group: "Who may come in",
      help: "Let in also who comes from another machine without encryption (TLS).",
    },
    {
      name: "sts",
      value: "TIME",
      default: "30d",
      group: "Who may come in",
      help:
        "Where an authority vouches for the certificate of --name: have clients that come from " +
        "elsewhere without TLS change to it by themselves, and for so long come by nothing else " +
        "(IRCv3 sts); 0 takes that back.",
    },
    {
      name: "origin",
      value: "URL",
      repeatable: true,
      group: "Who may come in",
      help: "Let in web pages from there, as in https://web.example.org; * for any.",
    },
    {
      name: "trusted-proxy",
      value: "ADDRESS",
      repeatable: true,
      group: "Who may come in",
      help: "Believe a reverse proxy there whom it comes for, by the PROXY protocol or " +
        "X-Forwarded-For; an IP address, or a range such as 10.0.0.0/8.",
    },
    {
      name: "config",
      value: "FILE",
      group: "Files",
      help: "Read settings from a file.",
    },
    dataFlag,
    {
      name: "memory",
      group: "Files",
      help: "Keep nothing: what was said is forgotten when the server ends.",
    },
    {
      name: "durable",
      group: "Files",
      help:
        "Let each message reach the disk before anybody sees it, so that not even a power cut " +
        "takes the last moments; slower.",
    },
    {
      name: "keep",
      value: "TIME",
      group: "Files",
      help: "Forget what was said longer ago, as in 90d, 12h or 1y (default: keep all).",
    },
    {
      name: "keep-size",
      value: "SIZE",
      group: "Files",
      help: "Forget the oldest of what was said when the database grows over about this, as in " +
        "500M or 2G (default: keep all).",
    },
    {
      name: "tls-cert",
      value: "FILE",
      group: "Files",
      help:
        "The certificate to show, in PEM, with those that vouch for it behind (fullchain.pem); " +
        "taken up anew when it changes. Without it, the server makes its own and keeps it.",
    },
    {
      name: "tls-key",
      value: "FILE",
      group: "Files",
      help: "The key of that certificate, in PEM.",
    },
    {
      name: "log-level",
      value: "LEVEL",
      default: "info",
      group: "Log, on standard error",
      help: `How much to log: ${LOG_LEVELS.join(", ")}.`,
    },
    {
      name: "log-format",
      value: "FORMAT",
      default: "text",
      group: "Log, on standard error",
      help: `How to write it: ${LOG_FORMATS.join(", ")}.`,
    },
  ],
  fileOnly: [
    {
      path: "operators",
      default: "[]",
      help: "Who may become an IRC operator with OPER: a list of { name, password }.",
    },
    {
      path: "accounts.requireEmail",
      default: String(DEFAULT_ACCOUNT_RULES.requireEmail),
      help: "Whether registering an account takes an address for mail.",
    },
    {
      path: "accounts.beforeConnect",
      default: String(DEFAULT_ACCOUNT_RULES.beforeConnect),
      help:
        "Whether newcomers can register an account before they have finished connecting, where " +
        "neither a password nor an invitation is needed for that.",
    },
    {
      path: "limits.connectionsPerAddress",
      default: String(DEFAULT_LIMITS.connectionsPerAddress),
      help: "Connections at one time from one IP address.",
    },
    {
      path: "limits.commandsPerSecond",
      default: String(DEFAULT_LIMITS.commandsPerSecond),
      help: "Commands a second that a client may send in the long run.",
    },
    {
      path: "limits.commandBurst",
      default: String(DEFAULT_LIMITS.commandBurst),
      help: "Commands that a client may send at once before that applies.",
    },
    {
      path: "limits.sendQueueBytes",
      default: String(DEFAULT_LIMITS.sendQueueBytes),
      help: "Bytes that may wait for a client to read them before it is closed.",
    },
    {
      path: "limits.registrationSeconds",
      default: String(DEFAULT_LIMITS.registrationSeconds),
      help: "Seconds that a client has to register.",
    },
    {
      path: "limits.pingSeconds",
      default: String(DEFAULT_LIMITS.pingSeconds),
      help:
        "Seconds of silence after which a client is pinged, and again after which it is closed.",
    },
  ],
  examples: [
    { line: "chat serve", does: "A server for everybody who can reach this machine." },
    {
      line: "chat serve --listen 127.0.0.1:0",
      does: "One for this machine alone, on a free port.",
    },
    {
      line: "chat serve --room kitchen --plain-port 7343",
      does: "People with an IRC client and people with nc meet in #kitchen.",
    },
  ],
};

/**
 * Puts together what `chat serve` is to do: flags, then the environment, then the file that
 * `--config` names, then the defaults.
 *
 * @throws {UsageError} for a wrong flag; {@linkcode UserError} for a file that cannot be read or
 * holds something wrong.
 */
export function serveOptions(args: readonly string[], environment: Environment): ServeOptions {
  const flags = parseFlags(SERVE, args, environment);
  const [operand] = flags.operands;
  if (operand !== undefined) throw new UsageError(`serve takes flags only, not ${operand}`);
  const settings = new Settings(SERVE, flags);
  const address = settings.find("address", kinds.address);
  const plainPort = settings.find("plain-port", kinds.port);
  const inviteOnly = settings.isOn("invite-only");
  const metrics = settings.find("metrics", kinds.ownAddress);
  const qr = settings.find("qr", oneOf(QR_TIMES));
  const password = settings.find("password", kinds.secret);
  if (plainPort !== undefined && (inviteOnly || password !== undefined)) {
    throw new UsageError(NO_SECRETS_BY_NC);
  }
  const keepMs = settings.find("keep", kinds.duration);
  const keepBytes = settings.find("keep-size", kinds.size);
  const tls = keyFiles(
    settings.find("tls-cert", kinds.file),
    settings.find("tls-key", kinds.file),
  );
  const config = flags.values.get("config")?.at(-1);
  return {
    listen: settings.get("listen", kinds.addresses),
    ...(address && { address }),
    ...(plainPort !== undefined && { plainPort }),
    ...(metrics && { metrics }),
    ...(qr && { qr }),
    ...(tls && { tls }),
    allowPlaintext: settings.isOn("allow-plaintext"),
    stsMs: settings.get("sts", kinds.durationOrNone),
    origins: settings.find("origin", kinds.origins) ?? [],
    trustedProxies: settings.find("trusted-proxy", kinds.ranges) ?? [],
    name: settings.get("name", kinds.serverName),
    network: settings.get("network", kinds.networkName),
    room: settings.get("room", kinds.room),
    inviteOnly,
    ...(password !== undefined && { password }),
    motd: settings.find("motd", kinds.motd) ?? [],
    replay: settings.get("replay", kinds.replay),
    data: dataFolder(settings.find("data", kinds.path), environment),
    memory: settings.isOn("memory"),
    durable: settings.isOn("durable"),
    ...(keepMs !== undefined && { keepMs }),
    ...(keepBytes !== undefined && { keepBytes }),
    operators: settings.find("operators", listOf(kinds.operator)) ?? [],
    accounts: { ...DEFAULT_ACCOUNT_RULES, ...settings.find("accounts", kinds.accounts) },
    limits: { ...DEFAULT_LIMITS, ...settings.find("limits", kinds.limits) },
    ...(config !== undefined && { config }),
    logLevel: settings.get("log-level", oneOf(LOG_LEVELS)),
    logFormat: settings.get("log-format", oneOf(LOG_FORMATS)),
  };
}

const NO_SECRETS_BY_NC =
  "--plain-port lets in everybody, as nc can show neither an invitation nor a password: leave it " +
  "out, or both --invite-only and --password (CHAT_PASSWORD)";

function keyFiles(cert: string | undefined, key: string | undefined): KeyFiles | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === key) return undefined;
  throw new UsageError(
    cert === undefined
      ? "--tls-key needs --tls-cert, the certificate that it is the key of"
      : "--tls-cert needs --tls-key, the key of that certificate",
  );
}

/**
 * The folder that was `given`, or else the one where the system keeps what programs store for their
 * user (XDG Base Directory Specification).
 */
export function dataFolder(given: string | undefined, environment: Environment): string {
  if (given !== undefined) return given;
  const base = environment.get("XDG_DATA_HOME") || environment.get("LOCALAPPDATA");
  if (base) return `${base}/chat`;
  const home = environment.get("HOME");
  return home ? `${home}/.local/share/chat` : "chat-data";
}
