/**
 * What `chat serve` can be told: its options, their defaults, and how they are put together from the
 * command line, the environment and a configuration file. Knows nothing of sockets or of what the
 * server does with an option.
 *
 * @module
 */

import { formatAddress, parseAddress } from "../address.ts";
import { type Command, type Environment, parseFlags } from "../flags.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_PORT, isChannel } from "../protocol.ts";
import { printable, splitText } from "../text.ts";
import { isFile, readText } from "./files.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./log.ts";
import { type Kind, listOf, membersOf, oneOf, Settings, text, wholeNumber } from "./settings.ts";

/** An address to listen at. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** How much one client may ask of the server. Each is at least 1. */
export interface Limits {
  /** Connections at one time from one IP address. */
  readonly connectionsPerAddress: number;
  /** Commands a client may send in the long run, a second. */
  readonly commandsPerSecond: number;
  /** Commands a client may send at once, before the rate applies. */
  readonly commandBurst: number;
  /** Bytes that may wait for a client to read them before it is closed. */
  readonly sendQueueBytes: number;
  /** Seconds a client has to register. */
  readonly registrationSeconds: number;
  /** Seconds of silence after which a client is pinged, and again after which it is closed. */
  readonly pingSeconds: number;
}

/** What each limit is unless the configuration file says otherwise. */
export const DEFAULT_LIMITS: Limits = {
  // A household, a class or an office behind one address.
  connectionsPerAddress: 64,
  commandsPerSecond: 20,
  commandBurst: 100,
  sendQueueBytes: 1024 * 1024,
  registrationSeconds: 30,
  pingSeconds: 120,
};

/** Who may become an IRC operator with OPER. */
export interface Operator {
  /** The name to give to OPER. */
  readonly name: string;
  /** The password to give to OPER. */
  readonly password: string;
}

/** All that `chat serve` needs to know. */
export interface ServeOptions {
  /** Where IRC is spoken; at least one. */
  readonly listen: readonly ListenAddress[];
  /** The port, at the first listening address's host, for people who have only `nc`; absent, none. */
  readonly plainPort?: number;
  /** The server's name, as its messages are signed with; has a dot and no spaces. */
  readonly name: string;
  /** The network's name, as clients show it; no spaces. */
  readonly network: string;
  /** The channel newcomers are meant to join. */
  readonly room: string;
  /** What a client must give with PASS; absent, nothing. */
  readonly password?: string;
  /** The message of the day, line by line; empty, none. */
  readonly motd: readonly string[];
  /** The folder in which the server keeps its files. */
  readonly data: string;
  /** Who may become an IRC operator. */
  readonly operators: readonly Operator[];
  /** How much one client may ask. */
  readonly limits: Limits;
  /** How much the log tells. */
  readonly logLevel: LogLevel;
  /** What a line of the log looks like. */
  readonly logFormat: LogFormat;
}

/** The command `chat serve`. */
export const SERVE: Command = {
  name: "serve",
  summary: "Start a server",
  description: [
    "Starts a server and says what a friend has to type to join it. It speaks IRC, so that every " +
    "IRC client can join as well. No flag is needed.",
    "Each flag can also be a key of the file given with --config, which is JSON and may have " +
    "comments: --plain-port is plainPort there. Flags win. In the file only: operators, a list of " +
    "{ name, password }; and limits, with " + Object.keys(DEFAULT_LIMITS).join(", ") + ".",
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
        "type is said in the room.",
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
      name: "password",
      value: "TEXT",
      variable: "CHAT_PASSWORD",
      group: "Who may come in",
      help: "Let in only who knows it. Other users of the machine can see a command line.",
    },
    {
      name: "config",
      value: "FILE",
      group: "Files",
      help: "Read settings from a file.",
    },
    {
      name: "data",
      value: "DIR",
      group: "Files",
      help: "The folder for the server's own files, made if it is not there (default: chat in " +
        "$XDG_DATA_HOME or ~/.local/share).",
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
  const settings = new Settings(SERVE, flags, ["operators", "limits"]);
  const plainPort = settings.find("plain-port", port);
  const password = settings.find("password", secret);
  return {
    listen: settings.get("listen", addresses),
    ...(plainPort !== undefined && { plainPort }),
    name: settings.get("name", serverName),
    network: settings.get("network", networkName),
    room: settings.get("room", room),
    ...(password !== undefined && { password }),
    motd: settings.find("motd", motd) ?? [],
    data: settings.find("data", path) ?? defaultData(environment),
    operators: settings.find("operators", listOf(operator)) ?? [],
    limits: settings.find("limits", limits) ?? DEFAULT_LIMITS,
    logLevel: settings.get("log-level", oneOf(LOG_LEVELS)),
    logFormat: settings.get("log-format", oneOf(LOG_FORMATS)),
  };
}

// What each setting can be.

const port = wholeNumber(0, 65535);

const addresses: Kind<readonly ListenAddress[]> = {
  fromFlag: (texts) => texts,
  read(value, place) {
    const texts = Array.isArray(value) ? value : [value];
    const found = texts.map((text) => typeof text === "string" ? listenAddress(text) : undefined);
    const good = found.filter((address) => address !== undefined);
    if (good.length > 0 && good.length === found.length) return good;
    throw place.mustBe("[HOST:]PORT, as in 7342, 127.0.0.1:7342 or [::1]:7342; or a list of such");
  },
};

/** `PORT` alone means every address of the machine. */
function listenAddress(text: string): ListenAddress | undefined {
  const address = parseAddress(/^\d+$/.test(text) ? `0.0.0.0:${text}` : text);
  if (address?.port === undefined) return undefined;
  return { hostname: address.hostname, port: address.port };
}

const path = text("the path of a folder", (text) => text !== "" && !text.includes("\0"));

/** What can be the parameter of PASS or OPER: visible, and not so long that no line could hold it. */
const secret = text(
  "text of 1 to 200 characters without control characters",
  (text) => text !== "" && text.length <= 200 && text === printable(text),
);

// Modern IRC, "Connection Setup": clients tell a server's name from a nick by its dot.
const serverName = text(
  "a name with a dot in it, of letters, digits and hyphens, as in chat.example.org",
  (text) => text.length <= 63 && /^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(text),
);

const networkName = text(
  "a name of 1 to 50 characters without spaces",
  (text) => /^[^\s\p{C}:=][^\s\p{C}=]{0,49}$/u.test(text),
);

// In a shell, a bare # would begin a comment: it may be left out.
const room: Kind<string> = {
  read(value, place) {
    const name = typeof value === "string" && !value.startsWith("#") ? `#${value}` : value;
    if (typeof name === "string" && isChannel(name)) return name;
    throw place.mustBe("the name of a room, without spaces and commas, as in #kitchen");
  },
};

/** So that a line of it, with what stands before it, fits into one message (RPL_MOTD). */
const MOTD_LINE_BYTES = 400;

const motd: Kind<readonly string[]> = {
  read(value, place) {
    if (typeof value !== "string") throw place.mustBe("text, or the path of a file that holds it");
    const text = isFile(value) ? readText(value) : value;
    const lines = text.replaceAll("\0", "").trimEnd().split(/\r\n|\r|\n/);
    if (lines.join("") === "") return [];
    return lines.flatMap((line) => splitText(line, MOTD_LINE_BYTES));
  },
};

const operator: Kind<Operator> = {
  read(value, place) {
    const members = membersOf(value, place, ["name", "password"]);
    const word = text("a name without spaces", (text) => /^[^\s\p{C}:][^\s\p{C}]*$/u.test(text));
    return {
      name: word.read(members.get("name"), place.member("name")),
      password: secret.read(members.get("password"), place.member("password")),
    };
  },
};

/** The longest wait, in seconds, that makes sense and that a timer can be set to. */
const DAY = 86_400;

const LIMIT_KINDS: Readonly<Record<keyof Limits, Kind<number>>> = {
  connectionsPerAddress: wholeNumber(1, 1_000_000),
  commandsPerSecond: wholeNumber(1, 1_000_000),
  commandBurst: wholeNumber(1, 1_000_000),
  // Below this, the greeting alone would close a client.
  sendQueueBytes: wholeNumber(16 * 1024, 1024 ** 3),
  registrationSeconds: wholeNumber(1, DAY),
  pingSeconds: wholeNumber(1, DAY),
};

const limits: Kind<Limits> = {
  read(value, place) {
    const members = membersOf(value, place, Object.keys(LIMIT_KINDS));
    const limit = (name: keyof Limits): number =>
      members.has(name)
        ? LIMIT_KINDS[name].read(members.get(name), place.member(name))
        : DEFAULT_LIMITS[name];
    return {
      connectionsPerAddress: limit("connectionsPerAddress"),
      commandsPerSecond: limit("commandsPerSecond"),
      commandBurst: limit("commandBurst"),
      sendQueueBytes: limit("sendQueueBytes"),
      registrationSeconds: limit("registrationSeconds"),
      pingSeconds: limit("pingSeconds"),
    };
  },
};

/** Where the system keeps what programs store for their user (XDG Base Directory Specification). */
function defaultData(environment: Environment): string {
  const base = environment.get("XDG_DATA_HOME") || environment.get("LOCALAPPDATA");
  if (base) return `${base}/chat`;
  const home = environment.get("HOME");
  return home ? `${home}/.local/share/chat` : "chat-data";
}
