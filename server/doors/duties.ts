/**
 * The duties of a server: tasks that it performs ten times a second, such as to end timed bans.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { operatorCheck } from "../accounts/operator_rights.ts";
import type { Context } from "../core/context.ts";
import { endedUploadCheck } from "../core/ended_uploads.ts";
import { timedBanCheck } from "../core/timed_bans.ts";

/** A duty, with its name for the log. */
export type Duty = readonly [duty: string, perform: (now: Moment) => void];

/**
 * Returns the duties of the server that decides: a server without a cluster, or the cluster's
 * leader. Uploaded files for which `isKept` returns false are forgotten, and others when they are
 * old enough by the time of `watch`.
 */
export function decidingDuties(
  context: Context,
  isKept: (upload: string) => boolean,
  watch: Pick<Context, "deletionTime"> = context,
): readonly Duty[] {
  return [
    ["operators", operatorCheck(context)],
    ["timed bans", timedBanCheck(context)],
    ["uploads", endedUploadCheck(context, isKept, watch)],
  ];
}

/** Performs duties; an error of one does not keep the others from being performed. */
export function perform(duties: readonly Duty[], context: Pick<Context, "clock" | "guard">): void {
  const now = context.clock.moment();
  for (const [duty, act] of duties) {
    context.guard("a periodic check failed", { duty }, () => act(now));
  }
}
