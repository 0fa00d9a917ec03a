/**
 * Drops the `seen` records in the database of a new leader if another server has led since they
 * were written. They say which messages users were sent. Each leader keeps these records for
 * itself, and users may have left, and missed messages, under another leader.
 *
 * @module
 */

import type { Store } from "../store/store.ts";
import { nodeOf } from "./messages.ts";
import type { Standing } from "./standing.ts";

/** Drops the `seen` records of `store` if another server has led before the present leader. */
export function dropOldSeen(
  store: Pick<Store, "keep" | "records">,
  { before, leader }: Pick<Standing, "before" | "leader">,
): void {
  if (before === undefined || leader === undefined || nodeOf(before) === nodeOf(leader)) return;
  for (const [key] of [...store.records("seen")]) store.keep("seen", key, undefined);
}
