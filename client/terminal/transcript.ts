/**
 * Formats a buffer for a user that switches to it, or comes back: a heading, and the end of its
 * events, with a line before those that the user has not seen. Pure.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import { isSpeech } from "../session/events.ts";
import { ROW_TEXTS } from "../texts/terminal.ts";
import { digest } from "./digest.ts";
import { safeText, type View } from "./format.ts";

/** The number of seen events that are shown again before those that are new. */
const CONTEXT = 3;

/** The function that returns the text before a line, from its time. */
export type StampOf = (time: number) => string;

/**
 * Returns the lines for `buffer`, which is called `title`, at most about `rows`; `stamp` returns the text
 * before each.
 */
export function transcript(
  buffer: Buffer,
  title: string,
  view: View,
  stamp: StampOf,
  rows: number,
): string[] {
  const { events, unseen, unread } = buffer;
  const heading = view.style.quiet(ROW_TEXTS.heading(safeText(title), unread));
  const room = Math.max(1, rows - 1);
  if (unseen > room) return [heading, ...news(buffer, view, stamp, room)];
  const space = unread === 0 ? room - unseen : Math.min(CONTEXT, room - unseen);
  const seen = events.slice(0, events.length - unseen);
  const context = space > 0 ? seen.slice(-space) : [];
  buffer.shownFrom ??= context.find(isSpeech);
  return [heading, ...digest(context, view, stamp), ...news(buffer, view, stamp, room)];
}

/** Returns the lines for what the user has not seen of `buffer`: the last `rows`, below a line. */
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
