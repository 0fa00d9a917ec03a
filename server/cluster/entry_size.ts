/**
 * Estimates the sizes of entries, so that each fits into one message of the broker.
 *
 * @module
 */

import type { Event } from "../events/events.ts";

/** The approximate size at which an entry is full, in bytes: well below a broker's limit. */
export const ENTRY_BYTES = 400_000;
/** The approximate size at which an entry is full even within a step of a client, in bytes. */
export const MOST_BYTES = 600_000;
/** The approximate size of a message without its texts, in bytes. */
const SAID_BYTES = 500;
/** The approximate size of what an entry says of one client, in bytes. */
export const CLIENT_BYTES = 80;

/** Returns the approximate number of bytes of an event in the log. */
export function sizeOf(event: Event): number {
  if (event.type !== "Said") return JSON.stringify(event).length;
  let size = SAID_BYTES + 4 * event.text.length;
  for (const [key, value] of event.tags) size += key.length + 4 * value.length;
  return size;
}
