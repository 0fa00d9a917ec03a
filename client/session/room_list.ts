/**
 * The rooms that a server lists, with the numbers of their members and their topics. Performs no
 * I/O.
 *
 * @module
 */

import { LIST_NUMERICS } from "./gathered.ts";
import type { Session } from "./session.ts";

/** A room that the server lists. */
export interface ListedRoom {
  /** The name. */
  readonly name: string;
  /** The number of members. */
  readonly size: number;
  /** The topic; may be empty. */
  readonly topic: string;
}

/**
 * Requests the rooms, or only those whose names match `masks`, and calls `done` with them, the
 * biggest first. Returns false if there is no connection.
 */
export function listRooms(
  session: Session,
  done: (rooms: readonly ListedRoom[]) => void,
  ...masks: readonly string[]
): boolean {
  if (!session.send("LIST", ...masks)) return false;
  session.state.gathered.begin(LIST_NUMERICS.LIST, (replies) => {
    const rooms = replies.map(({ params: [, name = "", size = "", topic = ""] }) => ({
      name,
      size: Number(size) || 0,
      // InspIRCd puts the modes before the topic.
      topic: topic.replace(/^\[\+[^\]]*\] ?/, "").trim(),
    }));
    done(rooms.toSorted((a, b) => b.size - a.size));
  });
  return true;
}

/** Returns the rooms with `part` in their name or topic. */
export function roomsWith(rooms: readonly ListedRoom[], part: string): ListedRoom[] {
  const wanted = part.toLowerCase();
  return rooms.filter(({ name, topic }) => `${name} ${topic}`.toLowerCase().includes(wanted));
}
