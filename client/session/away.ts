/**
 * Asks the server which members of a room are away. Later changes come by themselves
 * (https://ircv3.net/specs/extensions/away-notify). Performs no
 * I/O.
 *
 * @module
 */

import { LIST_NUMERICS } from "./gathered.ts";
import type { Room } from "./rooms.ts";
import type { Session } from "./session.ts";

/** The largest number of members of a room for which the client asks. */
export const MAX_ASKED = 500;

/**
 * Records who is away, from the answer to the next WHO for `room`; then calls `done`. The caller
 * sends the WHO.
 */
export function gatherAway(session: Session, room: Room, done: () => void): void {
  session.state.gathered.begin(LIST_NUMERICS.WHO, (replies) => {
    // RPL_WHOREPLY (352): the flags begin with G for a user who is gone, H for one who is here.
    for (const { params: [, , , , , nick = "", flags = ""] } of replies) {
      room.setAway(nick, flags.startsWith("G"));
    }
    done();
  });
}
