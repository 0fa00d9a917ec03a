import type { Said } from "../../server/events/events.ts";
import type { EventIds } from "../../server/events/ids.ts";

/** Returns a message that ada has said in `channel`, with the next of `ids`. */
export function said(text: string, channel: string, ids: EventIds): Said {
  return {
    type: "Said",
    id: ids.next(0),
    time: 0,
    by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
    command: "PRIVMSG",
    to: { type: "channel", channel },
    text,
    tags: new Map(),
  };
}
