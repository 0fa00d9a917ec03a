/**
 * The sentences about the events of a session, for a terminal as well as a web page. An event is
 * given by its fields; the texts know nothing of sessions.
 *
 * @module
 */

import { formatDuration } from "../../shared/durations.ts";
import { splitText, trimSignsAtEnd } from "../../shared/text.ts";
import { modeText } from "./modes.ts";

/** The user that an event is about. */
export interface EventUser {
  /** The nick. */
  readonly nick: string;
  /** True if it is the user of this client. */
  readonly own: boolean;
}

/** The user that an event is about, and the room in which it happened. */
export interface EventInRoom extends EventUser {
  /** The name of the room. */
  readonly room: string;
}

/** A message of the user, to be quoted. */
export interface SentLine {
  /** The room or the nick that it is for; empty for a room that is not known yet. */
  readonly to: string;
  /** The message. */
  readonly text: string;
}

/** The sentence about each type of event, without a period at its end. */
export const EVENT_TEXTS = {
  join: ({ nick, own, room }: EventInRoom) => own ? `you joined ${room}` : `${nick} joined ${room}`,
  part: ({ nick, own, room, text: reason }: EventInRoom & { readonly text: string }) =>
    `${own ? "you" : nick} left ${room}${inParentheses(reason)}`,
  quit: ({ nick, text: reason }: { readonly nick: string; readonly text: string }) =>
    `${nick} left${inParentheses(reason)}`,
  kick: (
    { nick, own, room, by, isByUser = false, text }: EventInRoom & {
      readonly by: string;
      readonly isByUser?: boolean;
      readonly text: string;
    },
  ) => {
    // Without a reason, servers send a nick as the reason.
    const reason = text === by || text === nick ? "" : text;
    const undo = isByUser && !own ? `undo: /invite ${nick}` : "";
    const details = [reason, undo].filter((part) => part !== "").join("; ");
    return `${isByUser ? "you" : by} removed ${own ? "you" : nick} from ${room}${
      inParentheses(details)
    }`;
  },
  nick: ({ nick, own, to }: EventUser & { readonly to: string }) =>
    own ? `you are now ${to}` : `${nick} is now ${to}`,
  topic: ({ nick, own, text: topic }: EventUser & { readonly text: string }) => {
    const by = own ? "you" : nick;
    return topic === "" ? `${by} removed the topic` : `${by} set the topic: ${topic}`;
  },
  rename: (
    { nick, own, room, to, reason }: EventInRoom & {
      readonly to: string;
      readonly reason: string;
    },
  ) => `${own ? "you" : nick} renamed ${room} to ${to}${inParentheses(reason)}`,
  mode: modeText,
  invite: ({ nick, room }: { readonly nick: string; readonly room: string }) =>
    `${nick} invited you to ${room}: accept with /join ${room}`,
  reaction: ({ nick, own, text }: EventUser & { readonly text: string }) =>
    `${own ? "you" : nick} reacted with ${text}`,
  unreaction: ({ nick, own, text }: EventUser & { readonly text: string }) =>
    `${own ? "you" : nick} took back ${text}`,
  redaction: ({ nick, own, text: reason }: EventUser & { readonly text: string }) =>
    `${own ? "you" : nick} deleted a message${inParentheses(reason)}`,

  connected: (
    { server, nick, isFirst, account }: {
      readonly server: string;
      readonly nick: string;
      readonly isFirst: boolean;
      readonly account?: string;
    },
  ) =>
    (isFirst ? `connected to ${server} as ${nick}` : "reconnected") +
    (account === undefined ? "" : `, logged in as ${account}`),
  remembered: ({ fingerprint }: { readonly fingerprint: string }) =>
    `new server: remembered its fingerprint ${fingerprint}`,
  "no-key": ({ reason }: { readonly reason: string }) => reason,
  returning: ({ nick }: { readonly nick: string }) => `reconnecting as ${nick}`,
  "awaiting-server": ({ reason, left }: { readonly reason: string; readonly left: number }) =>
    `the server is not ready yet (${withoutPeriod(reason)}): trying again for ${
      formatDuration(left)
    }`,
  disconnected: ({ reason, retry }: { readonly reason: string; readonly retry: number }) =>
    `connection lost (${withoutPeriod(reason)}): trying again in ${seconds(retry)}; ` +
    "messages are queued until reconnected",
  retrying: (
    { reason, retry, isSteady }: {
      readonly reason: string;
      readonly retry: number;
      readonly isSteady: boolean;
    },
  ) =>
    `still not connected (${withoutPeriod(reason)}): trying again ${
      isSteady ? "about once a minute" : `in ${seconds(retry)}`
    }`,
  "nick-taken": ({ nick, reason }: { readonly nick: string; readonly reason: string }) =>
    `you are ${nick} here: ${withoutPeriod(reason)}; /nick NAME changes it`,
  "no-room": () =>
    "this server has no default room: /list lists its rooms, and /join ROOM joins one",
  "room-refused": ({ room, reason }: { readonly room: string; readonly reason: string }) =>
    `cannot join ${room}: ${reason}`,
  members: ({ room, members }: { readonly room: string; readonly members: readonly string[] }) =>
    `in ${room}: ${firstOf(members, MAX_NAMED_MEMBERS)}`,
  "topic-is": ({ room, text: topic }: { readonly room: string; readonly text: string }) =>
    `the topic of ${room} is: ${topic}`,
  warning: ({ text }: { readonly text: string }) => text,
  typing: ({ by }: { readonly by: string }) => `${by} is typing`,
  answer: ({ text }: { readonly text: string }) => text,

  refused: ({ reason, line }: { readonly reason: string; readonly line?: SentLine }) =>
    line
      ? `not sent${line.to === "" ? "" : " to "}${quoted(line)} (${withoutPeriod(reason)})`
      : reason,
  waiting: ({ line }: { readonly line: SentLine }) =>
    `queued for ${quoted(line)} (sent once you are connected)`,
  unconfirmed: (
    { line, reason = "connection lost" }: { readonly line: SentLine; readonly reason?: string },
  ) => `may not have reached ${quoted(line)} (${withoutPeriod(reason)}; send it again if needed)`,
} as const;

/** The text by which a private conversation says that the person is back. */
export const BACK_TEXT = (nick: string): string => `${nick} is back`;

/** The texts about many users that came and left at the same time. */
export const SUMMARY_TEXTS = {
  joined: (count: number, nicks: string) => `${count} joined: ${nicks}`,
  left: (count: number, nicks: string) => `${count} left: ${nicks}`,
  split: (count: number, servers: string, nicks: string) =>
    `${count} left as ${servers.replace(" ", " and ")} lost each other: ${nicks}`,
} as const;

/**
 * Returns the line of a message that the server has not confirmed, marked by words because it has
 * no color.
 */
export const ON_ITS_WAY = (line: string): string => `${line} (on its way)`;

/** The lines of private messages, and of messages to some members of a room only. */
export const PRIVATE_MESSAGE_TEXTS = {
  received: (from: string, to: string | undefined, text: string) =>
    `${from} -> ${to ?? "you"}: ${text}`,
  sent: (to: string, text: string) => `-> ${to}: ${text}`,
} as const;

/** The texts about messages that refer to other messages: replies, reactions and edits. */
export const MESSAGE_TEXTS = {
  quote: (nick: string, start: string) => `<${nick}> ${start}`,
  answers: (quote: string) => `[re ${quote}]`,
  edited: "(edited)",
  deleted: "(deleted)",
  replaced: "(edited below)",
  reactions: (reaction: string, nicks: readonly string[], quote: string) =>
    `${reaction} ${nicks.length} on ${quote} (by ${firstOf(nicks, MAX_NAMED_REACTORS)})`,
} as const;

/** The number of members of a room that are named; the others are counted. */
const MAX_NAMED_MEMBERS = 50;

/** The number of users that are named as authors of one reaction; the others are counted. */
const MAX_NAMED_REACTORS = 5;

function firstOf(nicks: readonly string[], max: number): string {
  const more = nicks.length - max;
  const names = nicks.slice(0, max).join(" ");
  return more > 0 ? `${names} and ${more} more` : names;
}

/** The number of bytes that are quoted of a message. */
const MAX_QUOTED_BYTES = 300;

function quoted({ to, text }: SentLine): string {
  const [start = "", ...more] = splitText(text, MAX_QUOTED_BYTES);
  return `${to}: ${start}${more.length > 0 ? "…" : ""}`;
}

function inParentheses(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

function withoutPeriod(reason: string): string {
  return trimSignsAtEnd(reason, ". \t");
}

function seconds(count: number): string {
  return `${Math.max(1, Math.round(count))} s`;
}
