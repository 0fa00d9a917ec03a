/**
 * Makes those parameters of lines that several kinds of events have in common.
 *
 * @module
 */

import type { ModeChange } from "../events/events.ts";
import type { Target } from "../events/actor.ts";
import { formatTime } from "../irc/server_time.ts";

/** Returns the target of a message as a parameter, such as `#room`, `@#room` or `ada`. */
export function targetName(to: Target): string {
  if (to.type === "account") return to.account;
  return to.type === "user" ? to.nick : (to.rank ?? "") + to.channel;
}

/** Returns a list with the parameter `param`, or an empty list if it is `undefined`. */
export function optional(param: string | undefined): string[] {
  return param === undefined ? [] : [param];
}

/**
 * Returns the parameters of MARKREAD: the target, and the time `upTo` of the read marker, or `*` if
 * there is no marker.
 */
export function markerParams(target: string, upTo: number | undefined): string[] {
  return [target, upTo === undefined ? "*" : `timestamp=${formatTime(upTo)}`];
}

/**
 * Returns mode changes as parameters of MODE: first the letters, such as `+o-l`, then their
 * parameters.
 */
export function formatModes(changes: readonly ModeChange[]): string[] {
  let letters = "";
  let adding: boolean | undefined;
  for (const { add, letter } of changes) {
    if (add !== adding) letters += add ? "+" : "-";
    adding = add;
    letters += letter;
  }
  return [letters, ...changes.flatMap(({ param }) => optional(param))];
}
