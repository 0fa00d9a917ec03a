/**
 * The state of the connection, as the page shows it. Performs no I/O.
 *
 * @module
 */

import type { ClientEvent } from "../session/events.ts";
import { LONGEST_WAIT } from "../session/reconnect.ts";

/** The state of the connection; the next attempt to connect is in `retry` seconds. */
export type Connectedness =
  | { readonly type: "online" }
  | { readonly type: "offline"; readonly reason: string; readonly retry: number }
  | { readonly type: "ended"; readonly reason: string };

/** Returns the state after `event`; `undefined` if the event does not change it. */
export function connectednessAfter(event: ClientEvent): Connectedness | undefined {
  if (event.type === "connected") return { type: "online" };
  if (event.type === "awaiting-server") {
    return { type: "offline", reason: event.reason, retry: LONGEST_WAIT };
  }
  if (event.type !== "disconnected" && event.type !== "retrying") return undefined;
  return { type: "offline", reason: event.reason, retry: event.retry };
}
