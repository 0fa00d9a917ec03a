/**
 * Divides messages that do not fit into a line once the author and the target precede the text.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Said } from "../events/events.ts";
import { targetName } from "../kinds/wire.ts";

/** The fields of a message that decide whether it fits. */
export type Fitted = Pick<Said, "by" | "command" | "lines" | "text" | "to">;

/** Returns `said` with several lines if it has no room in one: recipients get all of its text. */
export function inFittingLines<T extends Fitted>(said: T): T {
  const { by, command, to, text, lines = [{ text, concat: false }] } = said;
  const target = targetName(to);
  // No UTF-16 unit has more than three bytes: most messages need not be counted.
  const mostBytes = 3 * (by.mask.length + target.length + text.length);
  if (mostBytes + `: ${command}  :\r\n`.length <= LIMITS.line) return said;
  const room = LIMITS.line - byteLength(`:${by.mask} ${command} ${target} :\r\n`);
  if (lines.every((line) => byteLength(line.text) <= room)) return said;
  const pieces = lines.flatMap((line) =>
    splitText(line.text, room).map((text, index) => ({ text, concat: index > 0 || line.concat }))
  );
  return { ...said, lines: pieces };
}
