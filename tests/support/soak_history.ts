/**
 * The history of a room, as a client of the soak reads it: page after page, from the latest back.
 */

import type { Message } from "../../protocol.ts";
import { type Guest, noteOf } from "./soak_guest.ts";

/** The number of messages in a page, and the largest number of pages that are read. */
const PAGE = 100;
const MOST_PAGES = 200;

/** The history of a room. */
export interface Kept {
  /** The notes of the messages, the oldest first. */
  readonly notes: readonly string[];
  /** The time that the server gives for the latest one, in milliseconds since 1970. */
  readonly latest: number;
}

/** Reads the history of a room back until all notes in `wanted` are found, or to its beginning. */
export async function readHistory(
  reader: Guest,
  room: string,
  wanted: ReadonlySet<string>,
): Promise<Kept> {
  let page: Message[] = [];
  reader.onMessage = (message) => {
    if (message.command === "PRIVMSG" && message.tags?.has("batch")) page.push(message);
  };
  const missing = new Set(wanted);
  const pages: string[][] = [];
  let latest = NaN;
  let range = `LATEST ${room} *`;
  for (let count = 0; count < MOST_PAGES; count++) {
    page = [];
    await reader.ask(`CHATHISTORY ${range} ${PAGE}`);
    const oldest = page[0]?.tags?.get("msgid");
    if (oldest === undefined) break;
    if (count === 0) latest = Date.parse(page.at(-1)?.tags?.get("time") ?? "");
    const notes = page.map(noteOf);
    for (const note of notes) missing.delete(note);
    pages.push(notes);
    if (missing.size === 0) break;
    range = `BEFORE ${room} msgid=${oldest}`;
  }
  return { notes: pages.toReversed().flat(), latest };
}

/**
 * Returns the first difference between the notes of a client, which follow one another, and those
 * of the history; `undefined` if there is none.
 */
export function lossOf(heard: readonly string[], kept: readonly string[]): string | undefined {
  const [first] = heard;
  if (first === undefined) return undefined;
  const from = kept.indexOf(first);
  if (from < 0) return `its history lacks ${first}`;
  const at = heard.findIndex((note, index) => note !== kept[from + index]);
  if (at < 0) return undefined;
  return `its history has ${kept[from + at]} instead of ${heard[at]}`;
}
