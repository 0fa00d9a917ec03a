/**
 * What of the records is an account's own, and goes with it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Network } from "../network.ts";
import { MARKER_LIMIT } from "../state/read_markers.ts";
import { withoutAccount } from "../state/tokens.ts";
import type { Store } from "./store.ts";

/** Forgets in `store` what is the account's called `name`, which is about to go from `network`. */
export function forgetAccount(name: string, { markers, tokens }: Network, store: Store): void {
  const account = casefold(name);
  for (const kind of ["account", "operator", "presence", "waiting"] as const) {
    store.keep(kind, account, undefined);
  }
  for (const target of markers.latestOf(account, MARKER_LIMIT)) {
    store.keep("marker", `${account} ${target}`, undefined);
  }
  for (const token of tokens.all) {
    const left = withoutAccount(token, name);
    if (left !== token) store.keep("token", token.hash, left);
  }
}
