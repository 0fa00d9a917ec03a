/**
 * Writes events and results as JSON, for programs. Each object has all keys of its table, so that a
 * program need not check if a key exists. Performs no I/O.
 *
 * @module
 */

import type { ClientEvent } from "../session/events.ts";
import type { Outcome } from "../session/outcome.ts";
import { isUserEvent, safeLines, safeText } from "./format.ts";

/** A key of an object: its types in JSON, and its meaning. */
export interface JsonKey {
  /** The types of the value. */
  readonly types: readonly ("string" | "number" | "boolean" | "null" | "array")[];
  /** The meaning, in a sentence. */
  readonly help: string;
}

const TEXT = ["string", "null"] as const;

/** The name that a program gives a command; the command's result and events repeat it. */
export type Ref = string | number | null;

/** The keys of an event. */
export const EVENT_KEYS = {
  type: { types: ["string"], help: "The type of the event." },
  room: { types: TEXT, help: "The room; null for a private message and outside rooms." },
  to: { types: TEXT, help: "The target of a message as it was sent: a room, @#room or a nick." },
  nick: { types: TEXT, help: "The user who did it; for kick, the user who was removed." },
  account: { types: TEXT, help: "The account of the user nick, if the server tells it." },
  own: { types: ["boolean"], help: "True if nick is the user of this client." },
  mention: { types: ["boolean"], help: "True if it is private, or contains the user's nick." },
  text: { types: TEXT, help: "The text, the reason, the topic, the emoji or the new name." },
  by: { types: TEXT, help: "For kick, the user who did it." },
  time: { types: ["string"], help: "The time, in UTC (ISO 8601)." },
  id: { types: TEXT, help: "The id of the message, by which reply, react and delete name it." },
  reply: { types: TEXT, help: "The id of the message that it answers, reacts to or deletes." },
  past: { types: ["boolean"], help: "True if it comes from the history." },
  ref: {
    types: ["string", "number", "null"],
    help: "The ref of the history command that read it.",
  },
} satisfies Readonly<Record<string, JsonKey>>;

/** The keys of a result. */
export const RESULT_KEYS = {
  type: { types: ["string"], help: "Always result." },
  ref: { types: ["string", "number", "null"], help: "The ref that the command gave." },
  do: { types: TEXT, help: "The command; null if the line is not a command." },
  status: { types: ["string"], help: "done, refused, or lost: it may have had an effect, or not." },
  reason: { types: TEXT, help: "The reason, unless the status is done." },
  ids: {
    types: ["array"],
    help: "The ids of the messages that were sent, if the server tells them.",
  },
  time: { types: ["string"], help: "The time, in UTC (ISO 8601)." },
} satisfies Readonly<Record<string, JsonKey>>;

/** The types of events that are written, each with its meaning. */
export const EVENT_TYPES = {
  message: "A message.",
  action: "An action: /me waves.",
  notice: "A notice, which programs do not answer.",
  reaction: "A reaction to the message with the id reply.",
  unreaction: "A reaction to the message with the id reply was taken back.",
  redaction: "The message with the id reply was deleted.",
  join: "A user joined the room.",
  part: "A user left the room.",
  quit: "A user left the server.",
  kick: "A user was removed from the room.",
  nick: "A user has a new nick, which is in text.",
  topic: "The room has a new topic, which is in text.",
  mode: "The modes of the room or of its members changed.",
  rename: "The room has a new name, which is in text.",
  invite: "The user is invited to the room.",
  members: "The members of a room that was joined, in text, separated by spaces.",
  "topic-is": "The topic of a room that was joined.",
  connected: "The client is connected as nick; text is the name of the server.",
  disconnected: "The connection is lost; the client reconnects.",
  "room-refused": "The room cannot be joined.",
  answer: "A reply of the server, mostly to the command raw.",
} as const;

/** An event that is written. */
type Written = Extract<ClientEvent, { readonly type: keyof typeof EVENT_TYPES }>;

/**
 * Returns `event` as one JSON object on one line; undefined if events of its type are not written.
 */
export function eventToJson(event: ClientEvent, ref: Ref = null): string | undefined {
  if (!isWritten(event)) return undefined;
  const isUser = isUserEvent(event);
  const isNewName = event.type === "nick" || event.type === "rename";
  const to = "to" in event && !isNewName ? event.to : undefined;
  return JSON.stringify(
    {
      type: event.type,
      room: safe("room" in event ? event.room : undefined),
      to: safe(to),
      nick: safe("nick" in event ? event.nick : undefined),
      account: safe(isUser ? event.account : undefined),
      own: isUser ? event.own : event.type === "connected",
      mention: "forMe" in event && event.forMe && !event.isPast,
      text: safeAll(textOf(event)),
      by: safe("by" in event ? event.by : undefined),
      time: new Date(event.time).toISOString(),
      id: safe(event.id),
      reply: safe("reply" in event ? event.reply : undefined),
      past: "isPast" in event && event.isPast === true,
      ref,
    } satisfies Record<keyof typeof EVENT_KEYS, unknown>,
  );
}

/** Returns the result of the command `name` as one JSON object on one line. */
export function resultToJson(
  name: string | null,
  ref: Ref,
  { status, reason, ids }: Outcome,
  time: number,
): string {
  return JSON.stringify(
    {
      type: "result",
      ref,
      do: name,
      status,
      reason: safe(reason),
      ids: ids.map(safeText),
      time: new Date(time).toISOString(),
    } satisfies Record<keyof typeof RESULT_KEYS, unknown>,
  );
}

function isWritten(event: ClientEvent): event is Written {
  return event.type in EVENT_TYPES;
}

function safe(text: string | undefined): string | null {
  return text === undefined ? null : safeText(text);
}

/** Returns a safe text with its line ends, which JSON escapes. */
function safeAll(text: string | undefined): string | null {
  return text === undefined ? null : safeLines(text);
}

function textOf(event: Written): string | undefined {
  if ("text" in event) return event.text;
  if ("to" in event) return event.to;
  if ("members" in event) return event.members.join(" ");
  if ("reason" in event) return event.reason;
  return "server" in event ? event.server : undefined;
}
