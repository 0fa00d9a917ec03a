/**
 * What happened within one redraw, as lines: coming and going in numbers is summed up, so that what
 * people said is not lost among it. Pure.
 *
 * @module
 */

import type { ClientEvent } from "../session/events.ts";
import { plain, toText, type View } from "./format.ts";

/** So many comings and goings are shown one by one. */
const FEW = 5;

/** Nicks named in a sum. */
const NAMED = 5;

/** The types that are summed up, and how. */
const MOVES = { join: "joined", part: "left", quit: "left" } as const;

type Move = Extract<ClientEvent, { type: keyof typeof MOVES }>;

/** The lines that show `events`; `stamp` gives what stands before each. */
export function digest(
  events: readonly ClientEvent[],
  view: View,
  stamp: (time: number) => string,
): string[] {
  const moves = events.filter(isMove);
  const isStorm = moves.length > FEW;
  const lines: string[] = [];
  for (const event of events) {
    if (isStorm && isMove(event)) {
      // The sum stands where the first of them would.
      if (event === moves[0]) {
        lines.push(stamp(event.time) + view.style.quiet(`-- ${summary(moves)}`));
      }
      continue;
    }
    lines.push(stamp(event.time) + toText(event, view));
  }
  return lines;
}

function isMove(event: ClientEvent): event is Move {
  return event.type in MOVES && "own" in event && !event.own;
}

function summary(moves: readonly Move[]): string {
  return ["joined", "left"].flatMap((verb) => {
    const nicks = moves.filter(({ type }) => MOVES[type] === verb).map(({ nick }) => plain(nick));
    if (nicks.length === 0) return [];
    const more = nicks.length > NAMED ? " …" : "";
    return [`${nicks.length} ${verb}: ${nicks.slice(0, NAMED).join(" ")}${more}`];
  }).join("; ");
}
