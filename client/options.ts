/**
 * What `chat connect` can be told: its flags, and how its options are put together from the command
 * line and the environment. Knows nothing of terminals or connections.
 *
 * @module
 */

import type { ConnectOptions } from "../client.ts";
import { UsageError } from "../errors.ts";
import { type Arguments, type Command, type Environment, parseFlags } from "../flags.ts";
import { DEFAULT_PORT, isNick, LIMITS } from "../protocol.ts";
import { printable, splitText } from "../text.ts";
import { clientFolder } from "./folder.ts";
import { MECHANISMS } from "./sasl.ts";
import { parseTarget } from "./target.ts";

/** How one can log in, the best way first, as it is typed. */
const WAYS: readonly string[] = MECHANISMS.map(({ name }) => name.toLowerCase());

/** The command `chat connect`. */
export const CONNECT: Command = {
  name: "connect",
  operand: "HOST[:PORT][/ROOM]|URL",
  summary: "Join a server",
  description: [
    `Joins the chat server, or any other IRC server, at HOST. The port is ${DEFAULT_PORT} unless given; ` +
    "the room is the one that the server proposes unless given, and may be written without its #.",
    "What is said is encrypted (TLS), except on the way to this machine itself. The line that a " +
    "server prints for friends is a URL, chat://HOST[:PORT][/ROOM]?fp=FINGERPRINT: it goes to that " +
    "server or nowhere, whatever the certificate's dates; with &token=TOKEN, it is an invitation, " +
    "or makes the server yours. ircs:// is the same with the port 6697, " +
    "and irc:// is plain text, which everybody on the way can read, with the port 6667, unless the " +
    "server asks for TLS (IRCv3 sts): then nobody says anything before TLS is spoken, for as long " +
    "as the server wants that; it is remembered in chat/strict_transport in the folder named below.",
    "Without a fingerprint, a server is believed if one of Mozilla's certificate authorities " +
    "vouches for it. Any other is believed at the first meeting, unless its certificate has " +
    "expired, and its fingerprint is remembered in chat/known_servers in $XDG_CONFIG_HOME or " +
    "~/.config (%APPDATA% on Windows). If it has changed, or no authority vouches for the server " +
    "any more, chat leaves with exit code 1 before it sends anything, and says which line of that " +
    "file to remove if the change is right.",
    "The first time, chat makes a key and keeps it in chat/key.pem in the same folder, with a " +
    "certificate that says nothing of you. Servers are shown it by TLS, and recognise you by it: " +
    "at a chat server, the first to use a nick owns it. Where it cannot be kept, chat says so and " +
    "goes without.",
    "In a terminal, type to talk and /help to see what else there is. Where input or output is no " +
    "terminal, each line of input is said in the room and each line of output is something that " +
    "happened there; at the end of input, once everything said has arrived, chat leaves.",
    "A server's password is read from CHAT_PASSWORD in the environment; where the server has none, " +
    "NAME:PASSWORD logs in to an account there.",
    "--login logs in to an account by SASL, at any network: by SCRAM-SHA-256, where the server " +
    "proves that it knows the password and is not told it, or else by PLAIN, over TLS or on this " +
    "machine only. The password is asked for at the terminal and not shown; without a terminal it " +
    "is read from CHAT_LOGIN_PASSWORD. If that login does not happen, chat leaves with exit code 1 " +
    "before anything is said.",
  ],
  flags: [
    {
      name: "nick",
      value: "NAME",
      group: "Who you are",
      help: "The name to go by (default: the account's, or else your user name). If it is taken, " +
        "the next free one.",
    },
    {
      name: "login",
      value: "ACCOUNT",
      group: "Who you are",
      help: "Log in to this account, or leave.",
    },
    {
      name: "sasl",
      value: "MECHANISM",
      group: "Who you are",
      help: `Log in by this way and no other: ${WAYS.join(", ")}; the last is by ` +
        "the key that chat shows to servers, without a password (default: the best of the others).",
    },
    {
      name: "follow",
      group: "Without a terminal",
      help: "Stay at the end of input, and go on printing.",
    },
    {
      name: "json",
      group: "Without a terminal",
      help: "Print one JSON object a line: type, room, nick, text, time, id.",
    },
  ],
  examples: [
    { line: "chat connect chat.example.org", does: "Join the room that newcomers join." },
    { line: 'chat connect "[2001:db8::1]:6667/kitchen"', does: "Join #kitchen on another port." },
    { line: "chat connect ircs://irc.libera.chat/chat", does: "Join #chat on an IRC network." },
    {
      line: "chat connect ircs://irc.libera.chat/chat --login ada",
      does: "Join it as ada, whose password is asked for.",
    },
    { line: "make 2>&1 | chat connect localhost --nick ci", does: "Say what make prints." },
    { line: "chat connect localhost --follow --json | jq .text", does: "Watch a room." },
  ],
};

/**
 * Puts together what `chat connect` is to do.
 *
 * @throws {UsageError} for a wrong flag, a missing or wrong target, or a name nobody can have.
 */
export function connectOptions(
  args: readonly string[],
  environment: Environment,
): ConnectOptions {
  const { operands, switches, values } = parseFlags(CONNECT, args, environment);
  const [target, surplus] = operands;
  if (target === undefined) {
    throw new UsageError("connect needs to know where to: HOST[:PORT][/ROOM] or a URL");
  }
  if (surplus !== undefined) {
    const isPort = /^[0-9]+$/.test(surplus);
    throw new UsageError(
      isPort
        ? `a port stands behind a colon: chat connect ${target}:${surplus}`
        : `connect goes to one server; what is ${surplus}?`,
    );
  }
  const nick = values.get("nick")?.at(-1);
  if (nick !== undefined && !isNick(nick)) {
    throw new UsageError(
      `${nick} is not a nick: it begins with a letter and has up to ${LIMITS.nick} letters, ` +
        "digits, dashes and underscores",
    );
  }
  const password = environment.get("CHAT_PASSWORD");
  const login = loginOf(values, environment);
  const { tls, ...place } = parseTarget(target);
  const folder = clientFolder(environment);
  return {
    ...place,
    ...(tls && { tls }),
    ...(folder !== undefined && { folder }),
    nick: nick ?? nickOf(login?.account ?? userName(environment)),
    ...(password && { password }),
    ...(login && { login }),
    follow: switches.has("follow"),
    json: switches.has("json"),
  };
}

/** As whom to log in; without a password, that is to be asked for. */
function loginOf(values: Arguments["values"], environment: Environment): ConnectOptions["login"] {
  const account = values.get("login")?.at(-1);
  const mechanism = values.get("sasl")?.at(-1)?.toLowerCase();
  if (mechanism !== undefined && !WAYS.includes(mechanism)) {
    throw new UsageError(`--sasl must be one of ${WAYS.join(", ")}`);
  }
  if (account === undefined) {
    if (mechanism === undefined) return undefined;
    throw new UsageError("--sasl says how to log in; say as whom with --login ACCOUNT");
  }
  if (account === "" || account !== printable(account)) {
    throw new UsageError("--login needs the name of an account");
  }
  const password = environment.get("CHAT_LOGIN_PASSWORD");
  return {
    account,
    ...(password && { password }),
    ...(mechanism !== undefined && { mechanism: mechanism.toUpperCase() }),
  };
}

function userName(environment: Environment): string {
  return environment.get("USER") || environment.get("USERNAME") || "";
}

/** A nick as near as can be to the name of an account, which may hold what a nick may not. */
function nickOf(account: string): string {
  const name = account.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}_-]/gu, "").replace(
    /^[^\p{L}_]+/u,
    "",
  );
  const [nick = ""] = splitText(name, LIMITS.nick);
  return isNick(nick) ? nick : "guest";
}
