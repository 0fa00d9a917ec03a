/**
 * Decides how long an uploaded file lasts: as long as a message that names it. A file also ends if
 * no message names it within an hour.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { timeOf } from "../events/ids.ts";
import type { Upload } from "../events/records.ts";

/** The time in which a message must name a new file, in milliseconds. */
export const UNNAMED_MS = 60 * 60_000;

/** Returns true if all messages with the file are deleted, or none came in time. */
export function isOver(
  { messages, time }: Upload,
  { deletionTime, options: { keepBytes, keepMs }, store }: Pick<
    Context,
    "deletionTime" | "options" | "store"
  >,
): boolean {
  const latest = messages.at(-1);
  if (latest === undefined) return time + UNNAMED_MS <= deletionTime;
  if (keepMs !== undefined && timeOf(latest) + keepMs < deletionTime) return true;
  const hasLimits = keepMs !== undefined || keepBytes !== undefined;
  return hasLimits && latest < (store.firstId ?? "");
}
