/**
 * Formats events as lines of text, JSON or CSV. No text of a user can look like another row,
 * control a terminal, or become a formula in a spreadsheet.
 *
 * @module
 */

import { escapeUnsafe, printable } from "../../shared/text.ts";
import type { Event } from "../events/events.ts";
import { kindOf } from "../kinds/kinds.ts";

/** An event as it is exported. */
export interface Row {
  /** The time, as in `2026-11-23T09:30:00.000Z`. */
  readonly time: string;
  /** The room; for a private conversation, the identities of the two users. */
  readonly room: string;
  /** The id of the event, its `msgid`. */
  readonly id: string;
  /** The kind of event, in a word. */
  readonly type: string;
  /** The nick of the author. */
  readonly nick: string;
  /** The account of the author; empty if there was none. */
  readonly account: string;
  /** The text of a message, or the details of another event; may contain line feeds. */
  readonly text: string;
  /** The client-only tags, named as on the wire, with their values unescaped. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Returns `event` in `room` as a row; `undefined` if its kind is not exported. */
export function rowOf(room: string, event: Event): Row | undefined {
  const [type, text] = kindOf(event).exported?.(event) ?? [];
  if (type === undefined || text === undefined) return undefined;
  const { id, by: { nick, account = "" } } = event;
  const tags = event.type === "Said" ? Object.fromEntries(event.tags) : {};
  return { time: new Date(event.time).toISOString(), room, id, type, nick, account, text, tags };
}

/** A format of exported history. */
export interface Format {
  /** The first line, if any. */
  readonly head?: string;
  /** Returns the lines of a row. */
  lines(row: Row): string[];
}

/** The text format of each type of row; a row of any other type shows only its text. */
const PHRASES: Readonly<Record<string, (nick: string, text: string) => string>> = {
  message: (nick, text) => `<${nick}> ${text}`,
  notice: (nick, text) => `-${nick}- ${text}`,
  action: (nick, text) => `* ${nick} ${text}`,
  tags: (nick) => `* ${nick} sent tags`,
  join: (nick) => `* ${nick} joined`,
  part: (nick, text) => `* ${nick} left${suffix(text)}`,
  kick: (nick, text) => `* ${nick} kicked ${text}`,
  quit: (nick, text) => `* ${nick} quit${suffix(text)}`,
  nick: (nick, text) => `* ${nick} is now ${text}`,
  topic: (nick, text) =>
    text === "" ? `* ${nick} removed the topic` : `* ${nick} set the topic: ${text}`,
  mode: (nick, text) => `* ${nick} set mode ${text}`,
};

function suffix(text: string): string {
  return text === "" ? "" : `: ${text}`;
}

const COLUMNS = ["time", "room", "id", "type", "nick", "account", "text"] as const;

/** The formats, by name. */
export const FORMATS = {
  text: {
    lines: ({ time, room, type, nick, text }) =>
      text.split("\n").map((line) =>
        printable(`${time} ${room} ${PHRASES[type]?.(nick, line) ?? line}`)
      ),
  },
  json: { lines: (row) => [escapeUnsafe(JSON.stringify(row))] },
  csv: {
    head: `${COLUMNS.join(",")}\r`,
    lines: (row) => [`${COLUMNS.map((column) => cell(row[column])).join(",")}\r`],
  },
} as const satisfies Readonly<Record<string, Format>>;

/**
 * Matches the beginning of a formula: its sign, which may have full width, perhaps after line feeds.
 */
const FORMULA = /^\n*[=+\-@＝＋－＠]/;

/**
 * Returns a CSV cell (RFC 4180, section 2). A text that a spreadsheet would take for a formula is
 * prefixed with an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function cell(text: string): string {
  const safe = text.split("\n").map(printable).join("\n").replace(FORMULA, "'$&");
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
