/**
 * The flags of `chat connect`, and its options, which come from the command line and the
 * environment. This module does not know terminals or connections.
 *
 * @module
 */

import { UsageError } from "../../shared/errors.ts";
import {
  type Arguments,
  type Command,
  type Environment,
  type Flag,
  parseFlags,
  USAGE_EXIT_CODE,
} from "../../shared/flags.ts";
import { DEFAULT_PORT, isNick, LIMITS } from "../../protocol.ts";
import { type FlagTable, type OptionsOf, readOptions } from "../../shared/options.ts";
import { printable, splitText } from "../../shared/text.ts";
import { parseDuration } from "../../shared/durations.ts";
import { isEncoding } from "../net/encoding.ts";
import { clientFolder } from "../net/folder.ts";
import { Places } from "../net/places.ts";
import type { LoginOptions } from "../session/login.ts";
import { MECHANISMS } from "../session/sasl.ts";
import { OPTION_TEXTS } from "../texts/cli.ts";
import { parseTarget, type Target } from "./target.ts";
import { userName } from "./user_name.ts";

/** The names of the SASL mechanisms as they are typed, the best one first. */
const MECHANISM_NAMES: readonly string[] = MECHANISMS.map(({ name }) => name.toLowerCase());

/** The flags of `chat connect`, by the names of the options that they set. */
export const FLAGS = {
  nick: {
    name: "nick",
    value: "NAME",
    group: "Identity",
    help:
      "Your nick (default: the --login account, or the nick that you last had at this server, " +
      "or your user name). If it is taken, chat picks the next free one.",
  },
  login: {
    name: "login",
    value: "ACCOUNT",
    group: "Identity",
    help: "Log in to this account; exit if that fails.",
  },
  sasl: {
    name: "sasl",
    value: "MECHANISM",
    group: "Identity",
    help:
      `Log in with this mechanism only: ${
        MECHANISM_NAMES.join(", ")
      }. external uses the key that ` +
      "chat presents to servers, without a password (default: the best of the others).",
  },
  wait: {
    name: "wait",
    value: "TIME",
    group: "Connection",
    help: "If the server is not up yet, keep trying for this time, as in 30s or 5m.",
  },
  encoding: {
    name: "encoding",
    value: "NAME",
    group: "Connection",
    help: "Read messages and input that are not UTF-8 in this encoding, as in koi8-r " +
      "(default: windows-1252, which includes Latin-1). chat sends UTF-8.",
  },
  ascii: {
    name: "ascii",
    group: "In a terminal",
    help: "Write signs that are not ASCII, such as the ellipsis, with ASCII characters.",
  },
  plainScreen: {
    name: "plain-screen",
    group: "In a terminal",
    help: "Write lines only, for screen readers: no row of rooms, no prompt, no repeated lines.",
  },
  follow: {
    name: "follow",
    group: "Without a terminal",
    help: "At the end of input, stay connected and continue to print.",
  },
  json: {
    name: "json",
    group: "Without a terminal",
    help: "Read commands and print events as JSON, one object per line. docs/bots.md describes " +
      "them, and docs/script.schema.json is their schema.",
  },
} satisfies FlagTable;

/** The flags of `chat connect`, and its help. */
export const CONNECT: Command = {
  description: [
    "Joins the chat server, or any other IRC server, at HOST. The default port is " +
    `${DEFAULT_PORT}. Without ROOM, chat joins the server's default room. The # of a room can be ` +
    "left out, and several rooms have commas between them.",
    "chat keeps its files in the folder chat in $XDG_CONFIG_HOME or ~/.config (%APPDATA% on " +
    "Windows). In a terminal, it remembers the servers and the rooms that you are in (places). It " +
    "joins the rooms again the next time, and without HOST it goes back to the last server, or asks " +
    "to which of several. It can be at several servers at once; --login, CHAT_PASSWORD and " +
    "CHAT_LOGIN_PASSWORD are for the first of them only.",
    "A server prints a URL for friends: chat://HOST[:PORT][/ROOM]?fp=FINGERPRINT. chat connects " +
    "only to the server with that fingerprint, and ignores the dates of its certificate. With " +
    "&token=TOKEN, the URL is an invitation or a claim of ownership of the server. ircs:// is the " +
    "same on port 6697, without tokens. irc:// is plain text on port 6667, which anyone between you " +
    "and the server can read.",
    "The connection is encrypted (TLS), except with irc:// and to a server on this machine that " +
    "does not offer TLS. On irc://, chat first asks only for the server's capabilities. If the " +
    "server answers that it wants TLS (IRCv3 STS), chat reconnects with TLS before it sends anything " +
    "else, and uses only TLS for the time that the server sets. It remembers that " +
    "(strict_transport).",
    "Without a fingerprint, chat trusts a server that one of Mozilla's certificate authorities " +
    "vouches for. It trusts any other server at the first visit, unless the certificate has " +
    "expired, and remembers the fingerprint (known_servers). If the fingerprint changes, or no authority vouches for the server any " +
    "longer, chat exits with code 1 before it sends anything, and says what to do if the change is " +
    "legitimate (chat forget).",
    "At the first start, chat creates a key (key.pem), with a certificate that contains no personal " +
    "data. It presents the certificate to servers over TLS, " +
    "and they recognize you by it: at a chat server, the first user of a nick owns it. If the key " +
    "cannot be saved, chat says so and connects without one.",
    "In a terminal, chat remembers the nick that you last had at each server (identities). " +
    "A user name that many machines have, such as root or pi, makes a poor nick: " +
    "chat asks for another one once.",
    "In a terminal, type to talk, and type /help to list the commands. If input or output is not a " +
    "terminal, each line of input is sent to the room, and each line of output is an event in it. " +
    "At the end of input, chat waits until the server has confirmed every line, and exits.",
    "CHAT_PASSWORD in the environment is the server's password; without it, chat asks for one at " +
    "the terminal if the server wants it, and does not show it. On a server without a password, the " +
    "value NAME:PASSWORD logs in to an account.",
    "--login logs in to an account with SASL, on any network. chat prefers SCRAM-SHA-256, which " +
    "does not reveal the password and makes the server prove that it knows it. Otherwise it uses " +
    "PLAIN, over TLS or to this machine only. chat asks for the password at the terminal and does " +
    "not show it; without a terminal, it reads CHAT_LOGIN_PASSWORD. If the login fails, chat exits " +
    "with code 1 before it sends any message.",
  ],
  flags: Object.values(FLAGS),
  exitCodes: [
    [
      "0",
      "The client has left. Without a terminal, all messages were delivered; in a terminal, the " +
      "screen says which were not.",
    ],
    [
      "1",
      "The server or the room cannot be joined. Without a terminal, also: the input is not text, " +
      "or a message was not delivered, or may be lost. Standard error says which.",
    ],
    USAGE_EXIT_CODE,
    ["129, 130, 143", "Ended by SIGHUP, SIGINT or SIGTERM. 130: the password was not entered."],
  ],
  examples: [
    { line: "chat connect chat.example.org", does: "Join the default room." },
    { line: 'chat connect "[2001:db8::1]:6667/kitchen"', does: "Join #kitchen on another port." },
    { line: "chat connect ircs://irc.libera.chat/chat", does: "Join #chat on an IRC network." },
    {
      line: "chat connect ircs://irc.libera.chat/chat --login ada",
      does: "Join it as ada; chat asks for the password.",
    },
    { line: "chat connect localhost ircs://irc.libera.chat/chat", does: "Be at both servers." },
    { line: "make 2>&1 | chat connect localhost --nick ci", does: "Send the output of make." },
    { line: "chat connect localhost --follow --json | jq .text", does: "Watch a room." },
  ],
};

/** The options of `chat connect`: the target, and those from flags and the environment. */
export interface ConnectOptions
  extends
    Target,
    Omit<OptionsOf<typeof FLAGS>, "nick" | "login" | "sasl" | "wait" | "ascii" | "plainScreen"> {
  /** The options for further servers. */
  readonly others?: readonly ConnectOptions[];
  /** True to write with ASCII characters. */
  readonly ascii?: boolean;
  /** True to write lines only, for screen readers: without a prompt and without a row of rooms. */
  readonly plainScreen?: boolean;
  /**
   * The folder of the user's cryptographic key and of the lists of servers; absent if the
   * environment names none.
   */
  readonly folder?: string;
  /**
   * True if no server was given, so that the client uses the last server; allowed in a terminal
   * only.
   */
  readonly isLast?: true;
  /** The wanted nick, which is valid. If it is taken, the client takes the next free one. */
  readonly nick: string;
  /**
   * True if the nick is only a guess from the user's name on this machine, so that a remembered
   * nick is better.
   */
  readonly isNickGuessed?: true;
  /** The server's password. */
  readonly password?: string;
  /** The time for which to wait for a server that is not up yet, in milliseconds. */
  readonly wait?: number;
  /** The login; if its password is absent, the user is asked for it at the terminal. */
  readonly login?: Omit<LoginOptions, "password"> & Partial<Pick<LoginOptions, "password">>;
}

/**
 * Returns the options of `chat connect` for these arguments.
 *
 * @throws {UsageError} for an invalid flag, a missing or invalid target, or an invalid name.
 */
export function connectOptions(
  args: readonly string[],
  environment: Environment,
): ConnectOptions {
  const last = lastServer(environment);
  const { options, target, rest, isLast } = parseConnect(CONNECT, args, environment, last);
  if (isLast) return { ...options, isLast };
  if (rest.length === 0) return options;
  const port = rest.find((each) => /^[0-9]+$/.test(each));
  if (port !== undefined) throw new UsageError(OPTION_TEXTS.portApart(target, port));
  return { ...options, others: rest.map((other) => atServer(options, other)) };
}

/**
 * Returns `options` with the server `target` in place of their own.
 *
 * @throws {UsageError} if `target` is invalid.
 */
export function withTarget(options: ConnectOptions, target: string): ConnectOptions {
  const { host: _host, port: _port, tls: _tls, isHere: _isHere, isLast: _isLast, ...others } =
    options;
  return { ...others, ...parseTarget(target) };
}

/**
 * Returns the options for another server: with the rooms that `target` names and the given
 * password, and without a login.
 *
 * @throws {UsageError} if `target` is invalid.
 */
export function atServer(
  { nick, isNickGuessed, folder, encoding, wait, follow, json }: ConnectOptions,
  target: string,
  password?: string,
): ConnectOptions {
  return {
    ...parseTarget(target),
    nick,
    follow,
    json,
    ...(isNickGuessed && { isNickGuessed }),
    ...(folder !== undefined && { folder }),
    ...(encoding !== undefined && { encoding }),
    ...(wait !== undefined && { wait }),
    ...(password !== undefined && { password }),
  };
}

/**
 * Returns the server that the user was at last, as it can be typed; undefined if no server is kept.
 */
function lastServer(environment: Environment): string | undefined {
  const folder = clientFolder(environment);
  if (folder === undefined) return undefined;
  const [last] = new Places(`${folder}/places`).all;
  return last?.target;
}

/** The arguments of a command that connects to a server. */
export interface ConnectArguments {
  /** The options that it shares with `chat connect`. */
  readonly options: ConnectOptions;
  /** The server, as it was typed. */
  readonly target: string;
  /** True if no server was typed. */
  readonly isLast?: true;
  /** The arguments after the server. */
  readonly rest: readonly string[];
  /** All flags that were given. */
  readonly given: Arguments;
}

/**
 * Parses the arguments of `command`, which has some of the flags of `chat connect`. `last` is the
 * server to use if the arguments name no server.
 *
 * @throws {UsageError} for an invalid flag, a missing or invalid target, or an invalid name.
 */
export function parseConnect(
  command: Command,
  args: readonly string[],
  environment: Environment,
  last?: string,
): ConnectArguments {
  const given = parseFlags(command, args, environment);
  const [typed, ...rest] = given.operands;
  const target = typed ?? last;
  if (target === undefined) throw new UsageError(OPTION_TEXTS.noServer);
  const options = optionsFor(target, given, environment);
  return { options, target, rest, given, ...(typed === undefined && { isLast: true } as const) };
}

function optionsFor(
  target: string,
  { switches, values }: Arguments,
  environment: Environment,
): ConnectOptions {
  const { nick, login: account, sasl, wait, ...options } = readOptions(
    FLAGS,
    ({ name, value }: Flag) => value === undefined ? switches.has(name) : values.get(name)?.at(-1),
  );
  if (nick !== undefined && !isNick(nick)) {
    throw new UsageError(OPTION_TEXTS.badNick(nick, LIMITS.nick));
  }
  const { encoding } = options;
  if (encoding !== undefined && !isEncoding(encoding)) {
    throw new UsageError(OPTION_TEXTS.badEncoding(encoding));
  }
  const waitMs = wait === undefined ? undefined : parseDuration(wait);
  if (wait !== undefined && waitMs === undefined) throw new UsageError(OPTION_TEXTS.badWait(wait));
  const password = environment.get("CHAT_PASSWORD");
  const login = loginOf(account, sasl?.toLowerCase(), environment);
  const { tls, ...rest } = parseTarget(target);
  const folder = clientFolder(environment);
  return {
    ...rest,
    ...(tls && { tls }),
    ...(folder !== undefined && { folder }),
    nick: nick ?? nickOf(login?.account ?? userName(environment)),
    ...(nick === undefined && !login && { isNickGuessed: true } as const),
    ...(password && { password }),
    ...(login && { login }),
    ...(waitMs !== undefined && { wait: waitMs }),
    ...options,
  };
}

/** Returns the login, without its password if the environment does not have it. */
function loginOf(
  account: string | undefined,
  mechanism: string | undefined,
  environment: Environment,
): ConnectOptions["login"] {
  if (mechanism !== undefined && !MECHANISM_NAMES.includes(mechanism)) {
    throw new UsageError(OPTION_TEXTS.badMechanism(MECHANISM_NAMES.join(", ")));
  }
  if (account === undefined) {
    if (mechanism === undefined) return undefined;
    throw new UsageError(OPTION_TEXTS.loginMissing);
  }
  if (account === "" || account !== printable(account)) {
    throw new UsageError(OPTION_TEXTS.badAccount);
  }
  const password = environment.get("CHAT_LOGIN_PASSWORD");
  return {
    account,
    ...(password && { password }),
    ...(mechanism !== undefined && { mechanism: mechanism.toUpperCase() }),
  };
}

/**
 * Returns a valid nick that is close to the name of an account, which may have other characters.
 */
function nickOf(account: string): string {
  const name = account.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}_-]/gu, "").replace(
    /^[^\p{L}_]+/u,
    "",
  );
  const [nick = ""] = splitText(name, LIMITS.nick);
  return isNick(nick) ? nick : "guest";
}
