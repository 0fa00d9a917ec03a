/**
 * The flags of the modes for the shell, `chat send`, `chat tail` and `chat history`, and their
 * options. They connect as `chat connect` does, with the same flags.
 *
 * @module
 */

import { UsageError } from "../../shared/errors.ts";
import { type Command, type Environment, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import type { FlagTable } from "../../shared/options.ts";
import { isChannel } from "../../protocol.ts";
import { SHELL_TEXTS } from "../texts/cli.ts";
import { type ConnectArguments, FLAGS, parseConnect } from "./options.ts";

const { nick, login, sasl, wait, encoding } = FLAGS;

/** The flags that these modes share with `chat connect`. */
const SHARED = { nick, login, sasl, wait, encoding } satisfies FlagTable;

const JSON_FLAG = {
  name: "json",
  group: "Output",
  help: "Print one JSON object per line, as chat connect --json does.",
} as const;

const ABOUT_SERVERS = "Servers are trusted, and you are recognized, as with chat connect: see " +
  "chat connect --help.";

const SIGNALS = ["129, 130, 143", "Ended by SIGHUP, SIGINT or SIGTERM."] as const;

/** The flags of `chat send`, and its help. */
export const SEND: Command = {
  description: [
    "Sends TEXT to a room, or each line of the input if there is no TEXT, and leaves once the server " +
    "has confirmed it. Prints nothing. Write -- before a TEXT that begins with a dash.",
    ABOUT_SERVERS,
  ],
  flags: Object.values(SHARED),
  exitCodes: [
    ["0", "All of the text was delivered."],
    [
      "1",
      "The server or the room cannot be joined, or a message was not delivered, or may be lost. " +
      "Standard error says which.",
    ],
    USAGE_EXIT_CODE,
    SIGNALS,
  ],
  examples: [
    { line: "chat send localhost/ops backup done", does: "Send one message." },
    { line: "df -h | chat send localhost/ops", does: "Send the output of a command." },
  ],
};

/** The flags of `chat tail`, and its help. */
export const TAIL: Command = {
  description: [
    "Prints the last messages of a room, and then each message and each event there, until it is " +
    "stopped. Sends nothing and reads no input. Without --json, it does not print that you join or " +
    "leave the room.",
    ABOUT_SERVERS,
  ],
  flags: [
    {
      name: "last",
      value: "N",
      group: "Output",
      help: "Begin with this many earlier messages, from 0 to 100, if the server keeps history.",
      default: "10",
    },
    JSON_FLAG,
    ...Object.values(SHARED),
  ],
  exitCodes: [
    ["0", "The reader of the output has left."],
    [
      "1",
      "The server or the room cannot be joined, or you were removed from the room. Standard error " +
      "says which.",
    ],
    USAGE_EXIT_CODE,
    SIGNALS,
  ],
  examples: [
    { line: "chat tail localhost/ops", does: "Watch a room." },
    { line: "chat tail localhost/ops --last 0 --json | jq .text", does: "Print new texts only." },
  ],
};

/** The flags of `chat history`, and its help. */
export const HISTORY: Command = {
  description: [
    "Prints earlier messages of a room, oldest first: the last 50, or all since a time. The server " +
    "must keep history. chat joins the room for that, and leaves again.",
    ABOUT_SERVERS,
  ],
  flags: [
    {
      name: "since",
      value: "TIME",
      group: "Output",
      help: "Print messages from this time on: 1h, 2d or a time such as 2026-11-20T12:00.",
    },
    {
      name: "limit",
      value: "N",
      group: "Output",
      help: "Print at most this many messages, the last ones (default: 50; with --since, all).",
    },
    JSON_FLAG,
    ...Object.values(SHARED),
  ],
  exitCodes: [
    ["0", "The messages were printed, if there are any."],
    [
      "1",
      "The server or the room cannot be joined, or its history cannot be read. Standard error says " +
      "which.",
    ],
    USAGE_EXIT_CODE,
    SIGNALS,
  ],
  examples: [
    { line: "chat history localhost/ops --since 1h", does: "Print the messages of the last hour." },
    { line: "chat history localhost/ops --limit 1 --json", does: "Print the last message." },
  ],
};

/** The options of `chat send`. */
export interface SendOptions extends ConnectArguments {
  /** The text to send; undefined to send the lines of standard input. */
  readonly text?: string;
}

/** The options of `chat tail`. */
export interface TailOptions extends ConnectArguments {
  /** The number of earlier messages to print first. */
  readonly last: number;
  /** True to print JSON. */
  readonly json: boolean;
}

/** The options of `chat history`. */
export interface HistoryOptions extends ConnectArguments {
  /** The time from which to print, as it was given. */
  readonly since?: string;
  /** The largest number of messages to print, the last ones; absent for the default. */
  readonly limit?: number;
  /** True to print JSON. */
  readonly json: boolean;
}

/**
 * Returns the options of `chat send` for these arguments.
 *
 * @throws {UsageError} if they are wrong.
 */
export function sendOptions(args: readonly string[], environment: Environment): SendOptions {
  const { rest, ...parsed } = parseInRoom("send", SEND, args, environment);
  // The user may have meant the first word as the room, as in `chat send HOST ops hello`.
  if (parsed.options.room === undefined) {
    const [first, second] = rest;
    const room = second === undefined && !first?.startsWith("#") ? undefined : first;
    throw new UsageError(SHELL_TEXTS.roomMissing(roomIn(room)));
  }
  return { ...parsed, rest: [], ...(rest.length > 0 && { text: rest.join(" ") }) };
}

/**
 * Returns the options of `chat tail` for these arguments.
 *
 * @throws {UsageError} if they are wrong.
 */
export function tailOptions(args: readonly string[], environment: Environment): TailOptions {
  const parsed = withoutRest("tail", parseConnect(TAIL, args, environment));
  const json = parsed.given.switches.has("json");
  // The text of an event does not say in which room it happened.
  if (!json && parsed.options.rooms) throw new UsageError(SHELL_TEXTS.oneRoomOnly("tail"));
  const last = numberOf(parsed, "last") ?? 10;
  if (last > 100) throw new UsageError(SHELL_TEXTS.badNumber("last", "0 to 100"));
  return { ...parsed, last, json };
}

/**
 * Returns the options of `chat history` for these arguments.
 *
 * @throws {UsageError} if they are wrong.
 */
export function historyOptions(args: readonly string[], environment: Environment): HistoryOptions {
  const parsed = withoutRest("history", parseInRoom("history", HISTORY, args, environment));
  const since = parsed.given.values.get("since")?.at(-1);
  const limit = numberOf(parsed, "limit");
  if (limit === 0) throw new UsageError(SHELL_TEXTS.badNumber("limit", "1 up"));
  return {
    ...parsed,
    ...(since !== undefined && { since }),
    ...(limit !== undefined && { limit }),
    json: parsed.given.switches.has("json"),
  };
}

/** Parses the arguments of the mode `name`, which works in at most one room. */
function parseInRoom(
  name: string,
  command: Command,
  args: readonly string[],
  environment: Environment,
): ConnectArguments {
  const parsed = parseConnect(command, args, environment);
  if (parsed.options.rooms) throw new UsageError(SHELL_TEXTS.oneRoomOnly(name));
  return parsed;
}

function withoutRest(name: string, parsed: ConnectArguments): ConnectArguments {
  const [surplus] = parsed.rest;
  if (surplus === undefined) return parsed;
  if (parsed.options.room === undefined) {
    throw new UsageError(SHELL_TEXTS.roomApart(name, roomIn(surplus)));
  }
  throw new UsageError(SHELL_TEXTS.surplus(name, surplus));
}

/**
 * Returns the room, without its `#`, that the user may have meant by `word`; else a placeholder.
 */
function roomIn(word = ""): string {
  const name = word.replace(/^#/, "");
  return isChannel(`#${name}`) && name !== "" ? name : "ROOM";
}

function numberOf({ given }: ConnectArguments, name: string): number | undefined {
  const text = given.values.get(name)?.at(-1);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(SHELL_TEXTS.badNumber(name, "0 up"));
  return Number(text);
}
