/**
 * Decides when an uploaded file is deleted: once all messages that it is bound to are deleted (they
 * contain its URL), or after an hour if it is bound to none.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { timeOf } from "../events/ids.ts";
import type { Upload } from "../events/records.ts";

/** The time within which a message must contain the URL of a new file, in milliseconds. */
export const UNNAMED_MS = 60 * 60_000;

/**
 * Returns true if the file must be deleted. The state does not notice that messages are deleted for
 * their age or for lack of space. So the latest message of the file is compared with the oldest one
 * that the store keeps.
 */
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
