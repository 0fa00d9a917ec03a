/**
 * Divides messages into several lines if they do not fit into one. The server puts the author's
 * mask before a message, so a text that fitted into the author's line may not fit into the line to
 * the recipients.
 *
 * @module
 */

import { isForPrograms, LIMITS } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Said } from "../events/events.ts";
import { targetName } from "../kinds/wire.ts";

/** The fields of a message that decide whether the message fits into a line. */
export type Fitted = Pick<Said, "command" | "lines" | "text" | "to"> & {
  readonly by: Pick<Said["by"], "mask">;
};

/** A message before it is appended. */
export type Unsent = Omit<Said, "id" | "time">;

/**
 * Divides `said`, which does not fit into one line, into lines that fit and are still one message.
 * Programs recognize a CTCP message other than ACTION only as a whole. So such a message stays one
 * line if it fits after the author's nick alone; the mask is then shortened to the nick.
 */
export function divided(said: Unsent): Unsent {
  const { to, text, lines } = said;
  const nickBytes = maxBytesFor({ ...said, by: { mask: said.by.nick } });
  if (isForPrograms(text) && lines === undefined && byteLength(text) <= nickBytes) return said;
  const isOverlong = lines === undefined && to.type === "user";
  return { ...inFittingLines(said), ...(isOverlong && { isOverlong }) };
}

/** Returns `said` unchanged if it fits. Otherwise, divides its whole text into lines that fit. */
export function inFittingLines<T extends Fitted>(said: T): T {
  if (fits(said)) return said;
  const { text, lines = [{ text, concat: false }] } = said;
  const maxBytes = maxBytesFor(said);
  const pieces = lines.flatMap((line) =>
    splitText(line.text, maxBytes).map((text, index) => ({
      text,
      concat: index > 0 || line.concat,
    }))
  );
  return { ...said, lines: pieces };
}

/** Returns true if each line of `said` fits into a line of the protocol. */
export function fits(said: Fitted): boolean {
  const { by, command, to, text, lines = [{ text }] } = said;
  // A UTF-16 unit has at most three bytes in UTF-8. This is enough to let most messages pass
  // without counting.
  const mostBytes = 3 * (by.mask.length + targetName(to).length + text.length);
  if (mostBytes + `: ${command}  :\r\n`.length <= LIMITS.line) return true;
  const maxBytes = maxBytesFor(said);
  return lines.every((line) => byteLength(line.text) <= maxBytes);
}

/**
 * Returns the number of bytes that are left for the text in a line with this author, command and
 * target.
 */
function maxBytesFor({ by, command, to }: Omit<Fitted, "lines" | "text">): number {
  return LIMITS.line - byteLength(`:${by.mask} ${command} ${targetName(to)} :\r\n`);
}
