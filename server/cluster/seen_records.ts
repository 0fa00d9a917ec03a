/**
 * Drops what the database of a new leader says about the messages that users have been sent, if
 * another server has led since that was written: users may have left, and missed messages, under
 * that leader. Each leader keeps these records for itself.
 *
 * @module
 */

import type { Store } from "../store/store.ts";
import { nodeOf } from "./messages.ts";
import type { Standing } from "./standing.ts";

/** Drops the records of `store` if the server that leads now is another one than before. */
export function dropOldSeen(
  store: Pick<Store, "keep" | "records">,
  { before, leader }: Pick<Standing, "before" | "leader">,
): void {
  if (before === undefined || leader === undefined || nodeOf(before) === nodeOf(leader)) return;
  for (const [key] of [...store.records("seen")]) store.keep("seen", key, undefined);
}
