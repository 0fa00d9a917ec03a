/**
 * Formats events as lines. The joins and leaves between two other lines are shown as one line, so
 * that they do not bury the messages; the user can also choose to see all of them, or none of them.
 * Equal reactions to a message are one line, too. Performs no I/O.
 *
 * @module
 */

import { type ClientEvent, isSpeech } from "../session/events.ts";
import { type FoldedMoves, isMove, Moves, summaryOf } from "../session/moves.ts";
import { hasLine, safeText, sentenceIn, toText, type View } from "./format.ts";

/** Makes the prefix of a line, such as its time, from the time of the line's event. */
export type StampOf = (time: number) => string;

/** Returns the lines for `events`; `stamp` makes the prefix of each line. */
export function digest(events: readonly ClientEvent[], view: View, stamp: StampOf): string[] {
  const moves = new Moves();
  return [...linesOf(events, moves, view, stamp), ...lineOf(moves.take(), view, stamp)];
}

/** Returns the lines for `events`; joins and leaves after the last line stay in `moves`. */
export function linesOf(
  events: readonly ClientEvent[],
  moves: Moves,
  view: View,
  stamp: StampOf,
): string[] {
  const lines: string[] = [];
  // The line of a reaction counts all equal reactions, so only the last of them gets a line.
  const latest = new Map<string, ClientEvent>();
  for (const event of events) {
    const about = reactionOf(event, view);
    if (about !== undefined) latest.set(about, event);
  }
  for (const event of events) {
    const about = reactionOf(event, view);
    if (!hasLine(event, view) || (about !== undefined && latest.get(about) !== event)) continue;
    if (view.moves !== "show" && moves.completes(event)) continue;
    if (view.moves !== "show" && isMove(event)) {
      if (view.moves !== "hide") moves.add(event);
      continue;
    }
    if (isSpeech(event)) moves.said(event);
    lines.push(...lineOf(moves.take(), view, stamp), stamp(event.time) + toText(event, view));
  }
  return lines;
}

/** Returns the line for joins and leaves, as a list; the list is empty if there are none. */
export function lineOf(moves: FoldedMoves | undefined, view: View, stamp: StampOf): string[] {
  if (!moves) return [];
  const text = summaryOf(moves, (move) => sentenceIn(move, view), safeText);
  return [stamp(moves.time) + view.style.quiet(`-- ${text}`)];
}

/**
 * Returns a text that is the same for all equal reactions to a message. Undefined for a reaction to
 * an unknown message, and for any other event.
 */
function reactionOf(event: ClientEvent, { entries }: View): string | undefined {
  if (event.type !== "reaction" || !entries?.find(event.reply)) return undefined;
  return JSON.stringify([event.reply, event.text]);
}
