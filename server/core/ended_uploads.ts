/**
 * Decides when an uploaded file is deleted. A file is bound to the messages that contain its URL:
 * it is deleted once all of them are deleted, or after an hour if there is no such message.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Context } from "./context.ts";
import { timeOf } from "../events/ids.ts";
import type { Upload } from "../events/records.ts";

/** The time within which a message must contain the URL of a new file, in milliseconds. */
export const UNNAMED_MS = 60 * 60_000;

/** The time between two searches for files that must be deleted, in milliseconds. */
const SEARCH_MS = 60_000;

/**
 * Returns a function that removes files from the state: those that must be deleted, and those that
 * the disk has lost (`isKept` returns false for their ids). The returned function may be called at
 * any time; it looks for such files once a minute. Its time is the deletion time of `watch`, which
 * a wrong clock does not change.
 */
export function endedUploadCheck(
  context: Context,
  isKept: (upload: string) => boolean,
  watch: Pick<Context, "deletionTime">,
): (now: Moment) => void {
  let searchedAt: Moment | undefined;
  return (now) => {
    if (searchedAt && now.since(searchedAt) < SEARCH_MS) return;
    searchedAt = now;
    const { network, options, server: by, store } = context;
    const { deletionTime } = watch;
    for (const upload of network.uploads.all().toArray()) {
      if (isKept(upload.id) && !isOver(upload, { deletionTime, options, store })) continue;
      context.append({ type: "UploadRemoved", by, upload: upload.id });
    }
  };
}

/**
 * Returns true if the file must be deleted. The state does not notice that messages are deleted for
 * their age or for lack of space. So the latest message of the file is compared with the oldest
 * event that the store keeps.
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
