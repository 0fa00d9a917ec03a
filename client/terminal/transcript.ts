/**
 * Formats a buffer for a user who switches to it, or comes back: a heading and the last events,
 * with a line before the events that the user has not seen. Performs no I/O.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import { isSpeech } from "../session/events.ts";
import { ROW_TEXTS } from "../texts/terminal.ts";
import { firstCells } from "./cells.ts";
import { digest, type StampOf } from "./digest.ts";
import { safeText, type View } from "./format.ts";

/** The number of seen events that are shown again before the new events. */
const CONTEXT = 3;

/** The number of cells that are shown of a topic. */
const MAX_TOPIC = 150;

/**
 * Returns the lines for `buffer`, about `rows` at most. `title` is its name in the heading; `stamp`
 * returns the text before each line.
 */
export function transcript(
  buffer: Buffer,
  title: string,
  view: View,
  stamp: StampOf,
  rows: number,
): string[] {
  const { events, unseen, unread } = buffer;
  const { quiet } = view.style;
  const headings = [quiet(ROW_TEXTS.heading(safeText(title), unread))];
  const topic = safeText(buffer.topic);
  const start = firstCells(topic, MAX_TOPIC);
  if (topic !== "") headings.push(quiet(ROW_TEXTS.topic(start, start !== topic)));
  const maxRows = Math.max(1, rows - headings.length);
  if (unseen > maxRows) return [...headings, ...news(buffer, view, stamp, maxRows)];
  const space = unread === 0 ? maxRows - unseen : Math.min(CONTEXT, maxRows - unseen);
  const seen = events.slice(0, events.length - unseen);
  const context = space > 0 ? seen.slice(-space) : [];
  buffer.shownFrom ??= context.find(isSpeech);
  return [...headings, ...digest(context, view, stamp), ...news(buffer, view, stamp, maxRows)];
}

/**
 * Returns the lines for the events of `buffer` that the user has not seen: a heading, and the last
 * `rows` of them.
 */
export function news(buffer: Buffer, view: View, stamp: StampOf, rows: number): string[] {
  const { quiet } = view.style;
  const { events, unseen, unread } = buffer;
  if (unseen === 0) return [];
  const fresh = events.slice(-unseen);
  const shown = fresh.slice(-Math.max(1, rows));
  const hidden = Math.max(unread, fresh.filter(isSpeech).length) - shown.filter(isSpeech).length;
  const isCut = buffer.isCut;
  if (hidden > 0 || isCut) buffer.shownFrom = shown.find(isSpeech);
  buffer.shownFrom ??= shown.find(isSpeech);
  return [
    ...(unread > 0 && events.length > unseen ? [quiet(ROW_TEXTS.newHere)] : []),
    ...(hidden > 0 || isCut ? [quiet(ROW_TEXTS.notShown(hidden, isCut))] : []),
    ...digest(shown, view, stamp),
  ];
}
