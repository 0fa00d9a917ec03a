/**
 * A block of events as the text that the database has of it, and back.
 *
 * @module
 */

import type { Event } from "../events.ts";

/** An empty map of tags is `{}` in JSON by itself; one that holds some has to be made an object. */
export function writeBlock(events: readonly Event[]): string {
  return JSON.stringify(
    events.map((event) =>
      event.type === "Said" && event.tags.size > 0
        ? { ...event, tags: Object.fromEntries(event.tags) }
        : event
    ),
  );
}

/**
 * The events of a block.
 *
 * @throws {SyntaxError} if the text is damaged.
 */
export function readBlock(text: string): Event[] {
  const events: Event[] = JSON.parse(text);
  return events.map((event) =>
    event.type === "Said" ? { ...event, tags: new Map(Object.entries(event.tags)) } : event
  );
}
