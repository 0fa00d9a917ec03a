/**
 * Formats what is shown of a buffer when the user switches to it: a heading, and the end of its events,
 * with a line before those that the user has not seen. Pure.
 *
 * @module
 */

import type { Buffer } from "../session/buffers.ts";
import { ROW_TEXTS } from "../texts/terminal.ts";
import { digest } from "./digest.ts";
import { safeText, type View } from "./format.ts";

/** The number of seen events that are shown again before those that are new. */
const CONTEXT = 3;

/** Returns the lines for `buffer`, at most about `rows`; `stamp` returns the text before each. */
export function transcript(
  { name, events, unseen, unread }: Buffer,
  view: View,
  stamp: (time: number) => string,
  rows: number,
): string[] {
  const { quiet } = view.style;
  const lines = [quiet(ROW_TEXTS.heading(safeText(name), unread))];
  const firstUnseen = events.length - unseen;
  const fresh = digest(events.slice(firstUnseen), view, stamp);
  const room = Math.max(1, rows - lines.length);
  if (fresh.length > room) {
    return [...lines, quiet(ROW_TEXTS.notShown(fresh.length - room)), ...fresh.slice(-room)];
  }
  const space = unread === 0 ? room - fresh.length : Math.min(CONTEXT, room - fresh.length);
  const from = Math.max(0, firstUnseen - Math.max(0, space));
  lines.push(...digest(events.slice(from, firstUnseen), view, stamp));
  if (from < firstUnseen && unread > 0) lines.push(quiet(ROW_TEXTS.newHere));
  return [...lines, ...fresh];
}
