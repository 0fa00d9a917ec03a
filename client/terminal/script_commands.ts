/**
 * The table of the commands that a program gives as JSON, and their parser. The schema and the
 * manual are made from the table. A command acts on the session and has no dependency on the input
 * and the output.
 *
 * @module
 */

import { isCommand, parse, type Tags } from "../../protocol.ts";
import { parseDuration } from "../../shared/durations.ts";
import type { MessageKind, Speech } from "../session/events.ts";
import { Delivery, type Outcome } from "../session/outcome.ts";
import { readPast } from "../session/past.ts";
import type { Session } from "../session/session.ts";
import { REACT_TAG, REPLY_TAG, UNREACT_TAG } from "../session/tags.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { SCRIPT_TEXTS } from "../texts/terminal.ts";
import type { Ref } from "./json.ts";

/** The objects that a command acts on. */
export interface ScriptContext {
  /** The session. */
  readonly session: Session;
  /** Returns the time, in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Joins a room; resolves once the user is in it, or cannot be. */
  join(room: string, key: string | undefined): Promise<Outcome>;
  /** Prints messages of the history. */
  show(messages: readonly Speech[]): void;
  /** Ends the client once all commands have an outcome; the other users see `reason`. */
  leave(reason: string): void;
}

/** The JSON keys that commands can have, each with its type and its meaning. */
export const KEYS = {
  to: { type: "string", help: "A room or a nick." },
  room: { type: "string", help: "A room; its # can be left out." },
  text: { type: "string", help: "The text. Each of its lines becomes a message." },
  id: { type: "string", help: "The id of a message, from its event." },
  key: { type: "string", help: "The key of the room, if it needs one." },
  reason: { type: "string", help: "The reason, which other users see." },
  nick: { type: "string", help: "The new nick." },
  since: { type: "string", help: "The start: 1h, 2d or a time such as 2026-11-20T12:00:00Z." },
  limit: { type: "integer", help: "The largest number of messages; the last ones are printed." },
  line: { type: "string", help: "An IRC command with its parameters." },
} as const;

/** The name of a JSON key. */
export type Key = keyof typeof KEYS;

/** The values of a command's keys; a number is written in digits. */
export type Values = Readonly<Partial<Record<Key, string>>>;

/** A command. */
export interface ScriptCommand {
  /** The value of `do`. */
  readonly name: string;
  /** The explanation, in one line. */
  readonly help: string;
  /** The keys that it must have. */
  readonly required: readonly Key[];
  /** The keys that it can have. */
  readonly optional?: readonly Key[];
  /**
   * True if the command sends messages, which may wait for a connection. Any other command waits
   * for the messages before it.
   */
  readonly isMessage?: true;
  /** Runs the command; resolves to its outcome. */
  run(context: ScriptContext, values: Values): Promise<Outcome>;
}

const DONE: Outcome = { status: "done", ids: [] };

/** All commands. */
export const SCRIPT_COMMANDS: readonly ScriptCommand[] = [
  {
    name: "say",
    help: "Sends a message to a room or a person.",
    required: ["to", "text"],
    isMessage: true,
    run: ({ session }, values) => say(session, "message", values),
  },
  {
    name: "action",
    help: "Sends an action: /me waves.",
    required: ["to", "text"],
    isMessage: true,
    run: ({ session }, values) => say(session, "action", values),
  },
  {
    name: "notice",
    help: "Sends a notice, which other programs do not answer.",
    required: ["to", "text"],
    isMessage: true,
    run: ({ session }, values) => say(session, "notice", values),
  },
  {
    name: "reply",
    help: "Answers a message. At a server without message tags, it is a message like any other.",
    required: ["to", "id", "text"],
    isMessage: true,
    run: ({ session }, values) =>
      say(session, "message", values, new Map([[REPLY_TAG, values.id ?? ""]])),
  },
  {
    name: "react",
    help: "Reacts to a message, for example with an emoji. The server must have message tags.",
    required: ["to", "id", "text"],
    run: (context, values) => react(context, values, REACT_TAG),
  },
  {
    name: "unreact",
    help: "Takes a reaction back. The server must have message tags.",
    required: ["to", "id", "text"],
    run: (context, values) => react(context, values, UNREACT_TAG),
  },
  {
    name: "delete",
    help: "Deletes a message. The server must have message redaction.",
    required: ["to", "id"],
    optional: ["reason"],
    run({ session }, { to = "", id = "", reason }) {
      if (session.features?.capabilities.redacts === false) {
        return refused(SESSION_TEXTS.cannotDelete);
      }
      return send(session, "REDACT", session.nameOf(to), id, reason);
    },
  },
  {
    name: "join",
    help: "Joins a room.",
    required: ["room"],
    optional: ["key"],
    run: ({ join }, { room = "", key }) => join(room, key),
  },
  {
    name: "part",
    help: "Leaves a room.",
    required: ["room"],
    optional: ["reason"],
    run({ session }, { room: name = "", reason }) {
      const room = session.nameOf(session.state.isupport.toRoom(name));
      if (session.isConnected) return send(session, "PART", room, reason);
      session.part(room, "");
      return Promise.resolve(DONE);
    },
  },
  {
    name: "topic",
    help: "Sets the topic of a room.",
    required: ["room", "text"],
    run: ({ session }, { room = "", text = "" }) =>
      send(session, "TOPIC", session.nameOf(session.state.isupport.toRoom(room)), text),
  },
  {
    name: "nick",
    help: "Changes the user's nick.",
    required: ["nick"],
    run: ({ session }, { nick = "" }) => send(session, "NICK", nick),
  },
  {
    name: "history",
    help: "Prints earlier messages of a room or a person; by default the last 50. The " +
      "server must keep history.",
    required: ["to"],
    optional: ["since", "limit"],
    async run({ session, now, show }, { to = "", since, limit }) {
      const start = since === undefined ? undefined : readSince(since, now());
      if (since !== undefined && start === undefined) return refused(SCRIPT_TEXTS.badSince(since));
      const count = limit ?? (since === undefined ? "50" : undefined);
      const range = { since: start, ...(count !== undefined && { limit: Number(count) }) };
      return await readPast(session, session.nameOf(to), range, show);
    },
  },
  {
    name: "raw",
    help: "Sends an IRC command. The server's replies are events of the type answer.",
    required: ["line"],
    run({ session }, { line = "" }) {
      const message = parse(line);
      const isPlain = message && message.source === undefined && isCommand(message.command);
      return isPlain ? session.request(message) : refused(SCRIPT_TEXTS.notIrc);
    },
  },
  {
    name: "leave",
    help: "Leaves the server, once all commands have a result.",
    required: [],
    optional: ["reason"],
    run({ leave }, { reason = "" }) {
      leave(reason);
      return Promise.resolve(DONE);
    },
  },
];

/** A command with its values, as a program gave it. */
export interface GivenCommand {
  /** The command. */
  readonly command: ScriptCommand;
  /** The values of its keys. */
  readonly values: Values;
}

/**
 * The parts of a line of input that could be read: the `ref`, the name, and the command or an
 * error.
 */
export interface GivenLine {
  /** The `ref`, or null. */
  readonly ref: Ref;
  /** The name of the command, or null. */
  readonly name: string | null;
  /** The command with its values, or the reason why the line is not a command. */
  readonly given: GivenCommand | { readonly error: string };
}

/** Reads a command from a line of JSON. */
export function parseCommand(line: string): GivenLine {
  const object = parseObject(line);
  if (!object) return { ref: null, name: null, given: { error: SCRIPT_TEXTS.notAnObject } };
  const { ref, do: name, ...rest } = object;
  const isRef = ref === undefined || ref === null || typeof ref === "string" ||
    typeof ref === "number";
  const known = typeof name === "string" ? name : null;
  const error = (error: string): GivenLine => ({
    ref: isRef ? ref ?? null : null,
    name: known,
    given: { error },
  });
  if (!isRef) return error(SCRIPT_TEXTS.badRef);
  const command = SCRIPT_COMMANDS.find((each) => each.name === known);
  const names = SCRIPT_COMMANDS.map(({ name }) => name);
  if (!command) return error(SCRIPT_TEXTS.unknownCommand(names.join(", ")));
  const values = readValues(command, rest);
  if (typeof values === "string") return error(values);
  return { ref: ref ?? null, name: known, given: { command, values } };
}

/** Returns the values of the keys of `command`, or the reason why they do not fit it. */
function readValues(
  command: ScriptCommand,
  object: Readonly<Record<string, unknown>>,
): Values | string {
  const { required, optional = [] } = command;
  const allowed: readonly Key[] = [...required, ...optional];
  const surplus = Object.keys(object).find((key) => !allowed.some((each) => each === key));
  if (surplus !== undefined) return SCRIPT_TEXTS.unknownKey(surplus, command.name);
  const values: Partial<Record<Key, string>> = {};
  for (const key of allowed) {
    const value = object[key];
    if (value === undefined || (value === null && !required.includes(key))) {
      if (required.includes(key)) return SCRIPT_TEXTS.missingKey(key, command.name);
      continue;
    }
    const isInteger = KEYS[key].type === "integer";
    const fits = isInteger
      ? typeof value === "number" && Number.isSafeInteger(value) && value > 0
      : typeof value === "string" && value !== "";
    if (!fits) return isInteger ? SCRIPT_TEXTS.notANumber(key) : SCRIPT_TEXTS.notText(key);
    const text = String(value);
    // A server may take several names, but a result tells one outcome.
    if (key === "to" && text.includes(",")) return SESSION_TEXTS.notATarget(text);
    if (key === "room" && text.includes(",")) return SCRIPT_TEXTS.badRoom(text);
    values[key] = text;
  }
  return values;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the time that `text` names, in milliseconds: a duration before `now`, or a date. */
export function readSince(text: string, now: number): number | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined) return now - duration;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function refused(reason: string): Promise<Outcome> {
  return Promise.resolve({ status: "refused", reason, ids: [] });
}

/** Reacts to a message, or takes a reaction back, as `tag` says; resolves to the outcome. */
function react(
  { session }: ScriptContext,
  { to = "", id = "", text = "" }: Values,
  tag: string,
): Promise<Outcome> {
  if (session.features?.capabilities.tags === false) return refused(SESSION_TEXTS.cannotReact);
  const tags = new Map([[REPLY_TAG, id], [tag, text]]);
  return session.request({ tags, command: "TAGMSG", params: [session.nameOf(to)] });
}

/** Sends each line of a text; resolves to the outcome of all. */
function say(
  session: Session,
  kind: MessageKind,
  { to = "", text = "" }: Values,
  tags?: Tags,
): Promise<Outcome> {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) return refused(SCRIPT_TEXTS.noText);
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const delivery = new Delivery(lines.length, resolve);
  for (const line of lines) session.say(to, line, kind, { delivery, ...(tags && { tags }) });
  return promise;
}

/** Sends a command whose last parameter may be absent. */
function send(
  session: Session,
  command: string,
  ...params: readonly (string | undefined)[]
): Promise<Outcome> {
  return session.request({ command, params: params.filter((param) => param !== undefined) });
}
