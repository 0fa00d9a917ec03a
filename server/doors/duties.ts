/**
 * The duties of a server: tasks that it performs ten times a second, such as ending timed bans.
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
 * leader. One duty removes uploaded files from the state; `isKept` and `watch` are parameters of
 * {@linkcode endedUploadCheck}.
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

/** Performs duties. If one of them fails, the others are performed all the same. */
export function perform(duties: readonly Duty[], context: Pick<Context, "clock" | "guard">): void {
  const now = context.clock.moment();
  for (const [duty, act] of duties) {
    context.guard("a periodic check failed", { duty }, () => act(now));
  }
}
