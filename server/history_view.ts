/**
 * How history shows to a client. Whether it may see it is asked elsewhere.
 *
 * @module
 */

import { cap, type Caps } from "./capabilities.ts";
import { isFor, renderAll } from "./deliver.ts";
import type { Event } from "./events.ts";
import type { Session } from "./session.ts";

const EVENT_PLAYBACK = cap("draft/event-playback");

/**
 * Whether recipients of `kind` are shown such an event later on: everybody what was said, and the
 * rest those who understand that it is over (https://ircv3.net/specs/extensions/chathistory,
 * "`CHATHISTORY` Command").
 */
export function isShownLater(event: Event, kind: Caps): boolean {
  if (event.type === "Said" && event.command !== "TAGMSG") return true;
  return (kind & EVENT_PLAYBACK) !== 0 && isFor(event, kind);
}

/** Sends `events` as a page of the history of `target`. */
export function sendHistory(session: Session, target: string, events: readonly Event[]): void {
  session.inBatch("chathistory", () => {
    for (const event of events) {
      for (const message of renderAll(event, session.caps)) session.send(message);
    }
  }, target);
}
