/**
 * Estimates the sizes of entries, so that each fits into one message of the broker.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { encode } from "./encoding.ts";

/** The approximate size at which an entry is full, in bytes: well below a broker's limit. */
export const ENTRY_BYTES = 400_000;
/** The approximate size at which an entry is full even within a step of a client, in bytes. */
export const MOST_BYTES = 600_000;
/** The approximate size of a message without its texts, in bytes. */
const SAID_BYTES = 500;
/** The approximate size of what an entry says of one client, in bytes. */
export const CLIENT_BYTES = 80;

/** The largest number of bytes that one character takes in JSON. */
const CHARACTER_BYTES = 6;

/** Returns the number of bytes of an event in the log, at least approximately. */
export function sizeOf(event: Event): number {
  // Messages of one line are so frequent that it would cost too much to measure them.
  const isPlain = event.type === "Said" && !event.lines && event.tags.size === 0;
  return isPlain ? SAID_BYTES + CHARACTER_BYTES * event.text.length : encode(event).length;
}
