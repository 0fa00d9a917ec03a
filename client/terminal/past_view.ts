/**
 * Formats earlier messages: a heading, each message with its time, a line for each day, and a line
 * where the present begins. Performs no I/O.
 *
 * @module
 */

import type { PastBlock } from "../session/reading_back.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { safeText, toText, type View } from "./format.ts";
import { dayOf, timeOfDay } from "./times.ts";

/** Returns the lines that show earlier messages as one block. */
export function pastLines({ heading, messages, numbers, after }: PastBlock, view: View): string[] {
  const { quiet } = view.style;
  const lines = [quiet(safeText(heading))];
  const width = String(Math.max(0, ...numbers ?? [])).length;
  let day = "";
  for (const [index, message] of messages.entries()) {
    const next = dayOf(message.time);
    if (next !== day) lines.push(quiet(HISTORY_TEXTS.day(next)));
    day = next;
    const number = numbers ? `${String(numbers[index]).padStart(width)} ` : "";
    lines.push(quiet(`${number}${timeOfDay(message.time)} `) + toText(message, view));
  }
  if (after !== undefined) lines.push(quiet(`-- ${after}`));
  return [...lines, quiet(HISTORY_TEXTS.present)];
}
