/**
 * The duties of a server: tasks that it performs ten times a second, such as to end timed bans.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { operatorCheck } from "../accounts/operator_rights.ts";
import type { Context } from "../core/context.ts";
import { timedBanCheck } from "../core/timed_bans.ts";

/** A duty, with its name for the log. */
export type Duty = readonly [duty: string, perform: (now: Moment) => void];

/**
 * Returns the duties of the server that decides: a server without a cluster, or the cluster's
 * leader.
 */
export function decidingDuties(context: Context): readonly Duty[] {
  return [
    ["operators", operatorCheck(context)],
    ["timed bans", timedBanCheck(context)],
  ];
}

/** Performs duties; an error of one does not keep the others from being performed. */
export function perform(duties: readonly Duty[], context: Pick<Context, "clock" | "guard">): void {
  const now = context.clock.moment();
  for (const [duty, act] of duties) {
    context.guard("a periodic check failed", { duty }, () => act(now));
  }
}
