/**
 * Events as lines of text for people, and as JSON for programs. All that comes from outside is made
 * safe to show here, and nowhere else. Pure.
 *
 * @module
 */

import { bold, dim, inverse, rgb8, stripAnsiCode } from "@std/fmt/colors";
import { printable, splitText } from "../../shared/text.ts";
import type { ClientEvent, Line, RoomEvent, Speech, StatusEvent } from "../session/events.ts";

/** mIRC's colours, which are a control character with digits behind it. */
const IRC_COLOURS = /\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?/g;

/**
 * `text` as plain text: without escape sequences, colour codes and whatever else acts on a terminal;
 * a tab is spaces.
 */
export function plain(text: string): string {
  return printable(stripAnsiCode(text).replace(IRC_COLOURS, "").replaceAll("\t", "    "));
}

/** How the parts of a line stand out. */
export interface Style {
  /** What is not speech. */
  quiet(text: string): string;
  /** A nick, always the same way for one nick. */
  nick(nick: string): string;
  /** A line that is for oneself in particular. */
  forMe(text: string): string;
  /** What went wrong. */
  alarm(text: string): string;
}

const same = (text: string) => text;

/** Nothing stands out. */
export const PLAIN: Style = { quiet: same, nick: same, forMe: same, alarm: same };

/** Colours that can be read on black as on white, of the 256 of the usual palette. */
const NICK_COLOURS = [31, 35, 37, 64, 67, 71, 98, 101, 130, 133, 136, 161, 166, 169, 172, 202];

/** Colours and weights. */
export const COLOURED: Style = {
  quiet: dim,
  nick: (nick) => rgb8(nick, NICK_COLOURS[hash(nick) % NICK_COLOURS.length] ?? 67),
  forMe: bold,
  alarm: inverse,
};

/** How events are shown. */
export interface View {
  /** How the parts of a line stand out. */
  readonly style: Style;
  /** The room that need not be named; undefined: none need. */
  readonly room: string | undefined;
}

/** Whether `event` is something that happened among people, and not to the connection. */
export function isPublic(event: ClientEvent): event is Speech | RoomEvent {
  return "nick" in event && "own" in event;
}

/** `event` as one line, without its end. */
export function toText(event: ClientEvent, view: View): string {
  switch (event.type) {
    case "message":
    case "action":
    case "notice":
      return speech(event, view);
    default: {
      const paint = ALARMS.has(event.type) ? view.style.alarm : view.style.quiet;
      const where = "room" in event && !NAMES_ROOM.has(event.type) ? place(event.room, view) : "";
      return where + paint(`-- ${toSentence(event)}`);
    }
  }
}

/** What happened, in words, without an end of sentence. */
export function toSentence(event: RoomEvent | StatusEvent): string {
  return plain(describe(event));
}

/** `event` as one JSON object on one line; `null` for what it has not. */
export function toJson(event: Speech | RoomEvent): string {
  const { type, nick, time } = event;
  const text = "text" in event ? event.text : "to" in event ? event.to : null;
  return JSON.stringify({
    type,
    room: "room" in event ? plain(event.room) : null,
    nick: plain(nick),
    text: text === null ? null : plain(text),
    time: new Date(time).toISOString(),
    id: event.id === undefined ? null : plain(event.id),
  });
}

/** Events that went wrong. */
const ALARMS: ReadonlySet<ClientEvent["type"]> = new Set(
  ["disconnected", "room-refused", "refused", "unconfirmed"] as const,
);

/** Events whose text names the room anyway. */
const NAMES_ROOM: ReadonlySet<ClientEvent["type"]> = new Set(
  ["join", "part", "kick", "invite", "room-refused", "members", "topic-is"] as const,
);

function speech(event: Speech, { style, room }: View): string {
  if (event.isPast) return style.quiet(speech({ ...event, isPast: false }, { style: PLAIN, room }));
  const nick = plain(event.nick);
  const text = event.forMe ? style.forMe(plain(event.text)) : plain(event.text);
  const painted = style.nick(nick);
  if (event.room === undefined) {
    const line = event.type === "action" ? `* ${text}` : text;
    return event.own ? `-> ${style.nick(plain(event.to))}: ${line}` : `${painted} -> you: ${line}`;
  }
  const where = place(event.room, { style, room });
  if (event.type === "action") return `${where}* ${painted} ${text}`;
  return event.type === "notice" ? `${where}-${painted}- ${text}` : `${where}<${painted}> ${text}`;
}

/** The name of a room before what happens there, unless it goes without saying. */
function place(room: string | undefined, view: View): string {
  if (room === undefined || view.room === undefined || room === view.room) return "";
  return `${view.style.quiet(plain(room))} `;
}

function describe(event: RoomEvent | StatusEvent): string {
  switch (event.type) {
    case "join":
      return event.own ? `you are in ${event.room}` : `${event.nick} joined ${event.room}`;
    case "part":
      return `${event.own ? "you" : event.nick} left ${event.room}${because(event.text)}`;
    case "quit":
      return `${event.nick} left${because(event.text)}`;
    case "kick":
      return `${event.by} removed ${event.own ? "you" : event.nick} from ${event.room}` +
        because(event.text);
    case "nick":
      return event.own ? `you are now ${event.to}` : `${event.nick} is now ${event.to}`;
    case "topic":
      return event.text === ""
        ? `${event.nick} removed the topic`
        : `${event.nick} set the topic: ${event.text}`;
    case "mode":
      return `${event.nick} set ${event.text}`;
    case "invite":
      return `${event.nick} invites you to ${event.room}: /join ${event.room}`;
    case "connected":
      return (event.isFirst ? `connected to ${event.server} as ${event.nick}` : "connected again") +
        (event.account === undefined ? "" : `, logged in as ${event.account}`);
    case "remembered":
      return `new server, remembered fingerprint ${event.fingerprint}`;
    case "no-key":
      return event.reason;
    case "returning":
      return `coming back as ${event.nick}`;
    case "disconnected":
      return `the connection was lost (${bare(event.reason)}); trying again in ${
        seconds(event.retry)
      }. What you say meanwhile is sent then.`;
    case "retrying":
      return `still no connection (${bare(event.reason)}); ${
        event.isSteady
          ? "trying on, about once a minute"
          : `trying again in ${seconds(event.retry)}`
      }`;
    case "nick-taken":
      return `${bare(event.reason)}: you are ${event.nick} (--nick or /nick picks another)`;
    case "no-room":
      return "this server names no room to start in: /list shows its rooms, /join ROOM joins one";
    case "room-refused":
      return `cannot join ${event.room}: ${event.reason}`;
    case "members":
      return `in ${event.room}: ${listing(event.members)}`;
    case "topic-is":
      return `the topic of ${event.room} is: ${event.text}`;
    case "warning":
    case "answer":
      return event.text;
    case "refused":
      return event.line ? `not said ${to(event.line)} (${bare(event.reason)})` : event.reason;
    case "waiting":
      return `will be said when the connection is back, ${to(event.line)}`;
    case "unconfirmed":
      return `perhaps not said ${
        to(event.line)
      } (the connection was lost; say it again if need be)`;
  }
}

/** Names shown of a room's members; more are counted. */
const LISTED = 50;

function listing(members: readonly string[]): string {
  const more = members.length - LISTED;
  const names = members.slice(0, LISTED).join(" ");
  return more > 0 ? `${names} and ${more} more` : names;
}

function to({ to, text }: Line): string {
  const [start = "", ...more] = splitText(text, QUOTED);
  return `to ${to}: ${start}${more.length > 0 ? "…" : ""}`;
}

/** Bytes that are quoted of what was not said. */
const QUOTED = 300;

function because(text: string): string {
  return text === "" ? "" : ` (${text})`;
}

/** A reason as it stands inside a sentence. */
function bare(reason: string): string {
  return reason.replace(/[.\s]+$/, "");
}

function seconds(count: number): string {
  return `${Math.max(1, Math.round(count))} s`;
}

/** FNV-1a, 32 bits: the same for the same text, everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
