/**
 * What happened, as lines of text, of JSON or of CSV. Whatever people said, a line stays one line,
 * moves no terminal, and is no formula to a spreadsheet.
 *
 * @module
 */

import { escapeUnsafe, printable } from "../../text.ts";
import type { Event } from "../events.ts";
import { kindOf } from "../kinds/kinds.ts";

/** Something that happened, as it is exported. */
export interface Row {
  /** As in `2026-11-23T09:30:00.000Z`. */
  readonly time: string;
  /** The room; for what two people say to each other, who they are to history. */
  readonly room: string;
  /** Its `msgid`. */
  readonly id: string;
  /** What it is. */
  readonly type: string;
  /** The nick of who did it. */
  readonly nick: string;
  /** Their account, if they had one. */
  readonly account: string;
  /** What was said, or with what it was done; may hold line feeds. */
  readonly text: string;
  /** The client-only tags, in the form that they have on the wire, without their escapes. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What `event` in `room` is as a row; nothing for what has no place in history. */
export function rowOf(room: string, event: Event): Row | undefined {
  const [type, text] = kindOf(event).exported?.(event) ?? [];
  if (type === undefined || text === undefined) return undefined;
  const { id, by: { nick, account = "" } } = event;
  const tags = event.type === "Said" ? Object.fromEntries(event.tags) : {};
  return { time: new Date(event.time).toISOString(), room, id, type, nick, account, text, tags };
}

/** How history can be written. */
export interface Format {
  /** The first line, if there is one. */
  readonly head?: string;
  /** The lines of a row. */
  lines(row: Row): string[];
}

/** How each type of row reads; others as `* ada left: text`. */
const WORDS: Readonly<Record<string, (nick: string, text: string) => string>> = {
  message: (nick, text) => `<${nick}> ${text}`,
  notice: (nick, text) => `-${nick}- ${text}`,
  action: (nick, text) => `* ${nick} ${text}`,
  tags: (nick) => `* ${nick} sent tags`,
  join: (nick) => `* ${nick} joined`,
  part: (nick, text) => `* ${nick} left${behind(text)}`,
  kick: (nick, text) => `* ${nick} kicked ${text}`,
  quit: (nick, text) => `* ${nick} quit${behind(text)}`,
  nick: (nick, text) => `* ${nick} is now ${text}`,
  topic: (nick, text) =>
    text === "" ? `* ${nick} took the topic away` : `* ${nick} set the topic: ${text}`,
  mode: (nick, text) => `* ${nick} set mode ${text}`,
};

function behind(text: string): string {
  return text === "" ? "" : `: ${text}`;
}

const COLUMNS = ["time", "room", "id", "type", "nick", "account", "text"] as const;

/** The formats, by their names. */
export const FORMATS = {
  text: {
    lines: ({ time, room, type, nick, text }) =>
      text.split("\n").map((line) =>
        printable(`${time} ${room} ${WORDS[type]?.(nick, line) ?? line}`)
      ),
  },
  json: { lines: (row) => [escapeUnsafe(JSON.stringify(row))] },
  csv: {
    head: `${COLUMNS.join(",")}\r`,
    lines: (row) => [`${COLUMNS.map((column) => cell(row[column])).join(",")}\r`],
  },
} as const satisfies Readonly<Record<string, Format>>;

/**
 * A cell (RFC 4180, section 2). What a spreadsheet would take for a formula gets an apostrophe in
 * front (OWASP, "CSV Injection").
 */
function cell(text: string): string {
  const safe = text.split("\n").map(printable).join("\n").replace(/^[=+\-@]/, "'$&");
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
