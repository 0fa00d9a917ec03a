/**
 * Formats the events of one redraw as lines. Many joins and leaves become one line, so that messages
 * are not lost between them. Pure.
 *
 * @module
 */

import type { ClientEvent } from "../session/events.ts";
import { SUMMARY_TEXTS } from "../texts/events.ts";
import { hasLine, safeText, toText, type View } from "./format.ts";

/** The number of joins and leaves up to which each has a line of its own. */
const MAX_SINGLE_MOVES = 5;

/** The number of nicks that a summary names. */
const MAX_NAMED = 5;

/** The text that summarizes each type of event. */
const MOVES = { join: "joined", part: "left", quit: "left" } as const;

type Move = Extract<ClientEvent, { type: keyof typeof MOVES }>;

/** Returns the lines for `events`; `stamp` returns the text before each, from its time. */
export function digest(
  events: readonly ClientEvent[],
  view: View,
  stamp: (time: number) => string,
): string[] {
  const moves = events.filter(isMove);
  const isFolded = view.moves !== "show" && moves.length > MAX_SINGLE_MOVES;
  const isSummarized = isFolded || view.moves === "hide";
  const lines: string[] = [];
  // A line counts all equal reactions to a message, so the last one is enough.
  const counted = new Map(events.map((event) => [reactionOf(event, view) ?? event, event]));
  for (const event of events) {
    if (!hasLine(event, view) || counted.get(reactionOf(event, view) ?? event) !== event) continue;
    if (isSummarized && isMove(event)) {
      // The summary takes the place of the first of them.
      if (event === moves[0] && view.moves !== "hide") {
        lines.push(stamp(event.time) + view.style.quiet(`-- ${summary(moves)}`));
      }
      continue;
    }
    lines.push(stamp(event.time) + toText(event, view));
  }
  return lines;
}

/** Returns the message and the text of a reaction, as one text; undefined for any other event. */
function reactionOf(event: ClientEvent, { entries }: View): string | undefined {
  if (event.type !== "reaction" || !entries?.find(event.reply)) return undefined;
  return JSON.stringify([event.reply, event.text]);
}

function isMove(event: ClientEvent): event is Move {
  return event.type in MOVES && "own" in event && !event.own;
}

function summary(moves: readonly Move[]): string {
  return (["joined", "left"] as const).flatMap((text) => {
    const moved = moves.filter(({ type }) => MOVES[type] === text);
    // A user has one event for each room that they join or leave.
    const nicks = [...new Set(moved.map(({ nick }) => safeText(nick)))];
    if (nicks.length === 0) return [];
    const more = nicks.length > MAX_NAMED ? " …" : "";
    return [SUMMARY_TEXTS[text](nicks.length, nicks.slice(0, MAX_NAMED).join(" ") + more)];
  }).join("; ");
}
