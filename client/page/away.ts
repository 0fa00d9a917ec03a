/**
 * Finds out which members of the room that the user sees are away.
 *
 * @module
 */

import { useEffect } from "preact/hooks";
import { gatherAway, MAX_ASKED } from "../session/away.ts";
import type { Room } from "../session/rooms.ts";
import type { Chat } from "./chat.ts";

/** The rooms, of this connection or an earlier one, for which the server was asked. */
const asked = new WeakSet<Room>();

/** Resolves once the last question is answered: one list is read after the other. */
let answered: Promise<unknown> = Promise.resolve();

/** Asks the server, once after each join, which members of `room` are away. */
export function useAway({ session, changes }: Chat, room: Room | undefined): void {
  useEffect(() => {
    if (!room || room.isFilling || room.size > MAX_ASKED || asked.has(room)) return;
    asked.add(room);
    answered = answered.then(() => {
      gatherAway(session, room, () => changes.changed());
      return session.request({ command: "WHO", params: [room.name] });
    });
  });
}
