/**
 * Formats events as human-readable lines, and makes the text from outside in them safe to show,
 * with the help of `rich_text.ts`. Performs no I/O.
 *
 * @module
 */

import { printable } from "../../shared/text.ts";
import {
  type ClientEvent,
  isAboutMessage,
  isSpeech,
  type RoomEvent,
  type Speech,
  type StatusEvent,
} from "../session/events.ts";
import { EDIT_REASON, type Entries, type Entry } from "../session/entries.ts";
import {
  BACK_TEXT,
  EVENT_TEXTS,
  MESSAGE_TEXTS,
  ON_ITS_WAY,
  PRIVATE_MESSAGE_TEXTS,
} from "../texts/events.ts";
import { firstCells } from "./cells.ts";
import { withoutSequences } from "../session/formatting.ts";
import { nickHash } from "../session/nick_hash.ts";
import { bold, colored, dim, inverse, struck } from "./paint.ts";
import { richText } from "./rich_text.ts";

/**
 * mIRC's color codes: a control character, and the decimal or hexadecimal digits after it, if any.
 */
const IRC_COLORS = /\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?/g;

/**
 * Returns `text` without escape sequences, color codes and all else that controls a terminal. Tabs
 * become spaces.
 */
export function safeText(text: string): string {
  return printable(withoutSequences(text).replace(IRC_COLORS, "").replaceAll("\t", "    "));
}

/** Returns `text` like {@linkcode safeText}, but keeps its line ends. */
export function safeLines(text: string): string {
  return text.split("\n").map(safeText).join("\n");
}

/** The indentation of the lines of a message after its first line. */
const INDENT = "      ";

/** The functions that mark the parts of a line, for example by a color or by a word. */
export interface Style {
  /** Marks less important text: events, past messages, times and names of rooms. */
  quiet(text: string): string;
  /** Marks a nick; the same nick is always marked in the same way. */
  nick(nick: string): string;
  /**
   * Marks a text that needs the user's attention: the chosen message, or a buffer with mentions.
   */
  forMe(text: string): string;
  /** Marks a failure. */
  alarm(text: string): string;
  /** Marks a message of the user that the server has not confirmed. */
  onItsWay(text: string): string;
  /** Marks a message that was deleted; absent if that cannot be shown. */
  struck?(text: string): string;
  /**
   * Makes a line of a message safe, and shows its formatting. `isForMe` is true for a message to
   * the user, which a style may mark.
   */
  rich(text: string, isForMe: boolean): string;
  /** Makes the text of a message safe, without attributes. */
  bare(text: string): string;
}

const unchanged = (text: string) => text;

/** The style without any marks. */
export const PLAIN: Style = {
  quiet: unchanged,
  nick: unchanged,
  forMe: unchanged,
  alarm: unchanged,
  onItsWay: ON_ITS_WAY,
  rich: safeText,
  bare: safeText,
};

/** Colors of the 256-color palette that are legible on black and on white. */
export const NICK_COLORS: readonly number[] = [
  31,
  29,
  30,
  64,
  67,
  65,
  98,
  101,
  130,
  133,
  94,
  161,
  166,
  169,
  132,
  196,
];

const NICK_PAINTS = NICK_COLORS.map(colored);

/** The style with colors and weights. */
export const COLORED: Style = {
  quiet: dim,
  nick: (nick) => NICK_PAINTS[nickHash(nick) % NICK_PAINTS.length]?.(nick) ?? nick,
  forMe: bold,
  alarm: inverse,
  onItsWay: dim,
  struck,
  rich: (text, isBold) => richText(text, { hasAttributes: true, hasLinks: false, isBold }),
  bare: safeText,
};

/** The style with colors, weights and links. */
export const LINKED: Style = {
  ...COLORED,
  rich: (text, isBold) => richText(text, { hasAttributes: true, hasLinks: true, isBold }),
  bare: (text) => richText(text, { hasAttributes: false, hasLinks: true }),
};

/** The settings for a line of text. */
export interface View {
  /** The style of the line. */
  readonly style: Style;
  /**
   * The current room, whose name is left out of the line. If `undefined`, the names of all rooms
   * are left out.
   */
  readonly room: string | undefined;
  /**
   * The person whose conversation with the user is shown; their messages are not marked as private.
   */
  readonly person?: string | undefined;
  /**
   * The way joins and leaves are shown: `show` gives each a line, `hide` leaves all out, and
   * `fold`, the default, makes one line of all joins and leaves between two other lines.
   */
  readonly moves?: string;
  /** The messages that events of this buffer are about. */
  readonly entries?: Pick<Entries, "find" | "stateOf"> | undefined;
  /** True if the events are shown as they happen. */
  readonly isLive?: boolean;
}

/**
 * Returns false for an event without a line: a message that was deleted or replaced, the deletion
 * that is part of an edit, or the user's return to a room after a reconnect. The reconnect itself
 * has a line.
 */
export function hasLine(event: ClientEvent, { entries }: View): boolean {
  if (isSpeech(event)) return entries?.stateOf(event) !== "gone";
  if (event.type === "join") return event.isReturn !== true;
  return event.type !== "redaction" || event.text !== EDIT_REASON;
}

/** Reports whether `event` is about users and not about the connection. */
export function isUserEvent(event: ClientEvent): event is Speech | RoomEvent {
  return "nick" in event && "own" in event;
}

/**
 * Formats `event` as one line; a message of several lines stays several lines. There is no line end
 * after the last line.
 */
export function toText(event: ClientEvent, view: View): string {
  switch (event.type) {
    case "message":
    case "action":
    case "notice":
      return speech(event, view);
    default: {
      const paint = ALARMS.has(event.type) ? view.style.alarm : view.style.quiet;
      const isInRoom = "room" in event && event.room !== undefined;
      const prefix = isInRoom && !NAMES_ROOM.has(event.type) ? roomPrefix(event.room, view) : "";
      return prefix + paint(`-- ${aboutMessage(event, view) ?? sentenceIn(event, view)}`);
    }
  }
}

/**
 * Returns the sentence about a reaction to a message, or about the deletion of a message, with a
 * quote of the message. Undefined for any other event, for an unknown message, and for a deletion
 * that is past or that the style cannot show.
 */
function aboutMessage(event: ClientEvent, view: View): string | undefined {
  if (!isAboutMessage(event)) return undefined;
  const entry = view.entries?.find(event.reply);
  if (!entry) return undefined;
  const quote = quoteOf(entry.speech);
  if (event.type === "reaction") {
    const nicks = [...entry.reactions.get(event.text) ?? [event.nick]].map(safeText);
    return MESSAGE_TEXTS.reactions(safeText(event.text), nicks, quote);
  }
  if (event.type === "unreaction") return `${toSentence(event)}: ${quote}`;
  const struck = view.isLive ? view.style.struck?.(quote) : undefined;
  return struck === undefined ? undefined : `${toSentence(event)}: ${struck}`;
}

/** The number of cells that are quoted of a message. */
const MAX_QUOTED = 30;

/** Returns the beginning of a message on one line, with its nick, to identify the message. */
export function quoteOf({ nick, text }: Speech, width = MAX_QUOTED): string {
  const safe = safeText(text.replaceAll("\n", " "));
  const start = firstCells(safe, width);
  return MESSAGE_TEXTS.quote(safeText(nick), start === safe ? safe : `${start.trimEnd()}…`);
}

/**
 * Returns the text of a message as it is shown. An edited message has a mark. An answer comes after
 * a quote of the message that it answers, if that is known and not deleted.
 */
function textOf(event: Speech, { style, entries }: View): string {
  const lines = event.text.split("\n").map((line) => style.rich(line, event.forMe));
  const text = lines.join(`\n${INDENT}`);
  const isEdited = event.isEdit || entries?.stateOf(event) === "edited";
  const answered = answeredBy(isEdited ? event.answers : event.reply, entries);
  const mark = isEdited ? ` ${style.quiet(MESSAGE_TEXTS.edited)}` : "";
  return answered
    ? `${style.quiet(MESSAGE_TEXTS.answers(quoteOf(answered.speech)))} ${text}${mark}`
    : text + mark;
}

/**
 * Formats a message that was deleted, or that an edit has replaced, for the place where it was
 * shown: with its text struck out, or without its text.
 */
export function takenBack(event: Speech, isReplaced: boolean, view: View): string {
  const { style } = view;
  const { struck, bare } = style;
  const text = isReplaced ? MESSAGE_TEXTS.replaced : MESSAGE_TEXTS.deleted;
  if (!struck) return toText({ ...event, text, forMe: false }, view);
  return toText(event, { ...view, style: { ...style, rich: (text) => struck(bare(text)) } });
}

function answeredBy(reply: string | undefined, entries: View["entries"]): Entry | undefined {
  const entry = entries?.find(reply);
  return entry?.deletedBy === undefined ? entry : undefined;
}

/** Formats `event` as one line without marks. The client's own texts have no period at the end. */
export function toSentence(event: RoomEvent | StatusEvent): string {
  return safeText(describe(event).replaceAll("\n", " "));
}

/** Returns the sentence about an event in the conversation that `view` shows. */
export function sentenceIn(event: RoomEvent | StatusEvent, { person }: View): string {
  const isBack = event.type === "join" && person !== undefined;
  return isBack ? BACK_TEXT(safeText(event.nick)) : toSentence(event);
}

/** The types of events that are failures. */
const ALARMS: ReadonlySet<ClientEvent["type"]> = new Set(
  ["disconnected", "room-refused", "refused", "unconfirmed"] as const,
);

/** The types of events whose text already names the room. */
const NAMES_ROOM: ReadonlySet<ClientEvent["type"]> = new Set(
  ["join", "part", "kick", "rename", "invite", "room-refused", "members", "topic-is"] as const,
);

function speech(event: Speech, view: View): string {
  const { style } = view;
  if (event.isPast) {
    return style.quiet(speech({ ...event, isPast: false }, { ...view, style: plainOf(style) }));
  }
  if (event.isOnItsWay) {
    return style.onItsWay(
      speech({ ...event, isOnItsWay: false }, { ...view, style: plainOf(style) }),
    );
  }
  const nick = style.nick(safeText(event.nick));
  const text = textOf(event, view);
  if (isMarked(event, view)) {
    const line = event.type === "action" ? `* ${text}` : text;
    const to = safeText(event.to);
    if (event.own) return PRIVATE_MESSAGE_TEXTS.sent(style.nick(to), line);
    return PRIVATE_MESSAGE_TEXTS.received(nick, event.room === undefined ? undefined : to, line);
  }
  const prefix = roomPrefix(event.room, view);
  if (event.type === "action") return `${prefix}* ${nick} ${text}`;
  return event.type === "notice" ? `${prefix}-${nick}- ${text}` : `${prefix}<${nick}> ${text}`;
}

/**
 * Returns true for a message to some members of a room, and for a private message outside of the
 * conversation that is shown.
 */
function isMarked({ room, status, own, to, nick }: Speech, { person }: View): boolean {
  if (room !== undefined) return status !== undefined;
  return (own ? to : nick).toLowerCase() !== person?.toLowerCase();
}

/** Returns the name of `room`, to stand before a line; empty for the current room. */
function roomPrefix(room: string | undefined, view: View): string {
  if (room === undefined || view.room === undefined || room === view.room) return "";
  return `${view.style.quiet(safeText(room))} `;
}

type Described = RoomEvent | StatusEvent;

type EventOf<Type extends Described["type"]> = Extract<Described, { readonly type: Type }>;

/** The text of each type of event; the compiler requires a text for every type. */
const TEXTS: { readonly [Type in Described["type"]]: (event: EventOf<Type>) => string } =
  EVENT_TEXTS;

/** Returns the text of `event`. The type parameter ties the event to the text of its type. */
function describe<Type extends Described["type"]>(
  event: EventOf<Type> & { readonly type: Type },
): string {
  const type: Type = event.type;
  return TEXTS[type](event);
}

/** Returns the style without marks, for a text that is marked as a whole. */
function plainOf({ bare }: Style): Style {
  return { ...PLAIN, rich: bare };
}
