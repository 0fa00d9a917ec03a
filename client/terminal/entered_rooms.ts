/**
 * The rooms that a user enters only for a command of the shell, and leaves again at its end. A user
 * who is at the server with another client, too, would otherwise stay in them.
 *
 * @module
 */

import type { ClientEvent } from "../session/events.ts";
import type { Session } from "../session/session.ts";

/** The rooms that the user enters for one command. */
export class EnteredRooms {
  readonly #session: Session;
  readonly #names = new Set<string>();
  /** True if the user was in a room before this client connected. */
  #wasInRoom = false;

  /** Creates an empty list of the rooms that `session` enters. */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Follows `event`: finds the rooms that the user enters, and their later names. */
  follow(event: ClientEvent): void {
    if (event.type === "rename" && this.#names.delete(event.room)) this.#names.add(event.to);
    if (event.type !== "join" || !event.own) return;
    const { state, asked } = this.#session;
    // The server shows the rooms of the user's other clients before its greeting is over, and does
    // not answer a JOIN of such a room.
    if (state.greeting !== "over") this.#wasInRoom = true;
    else if (this.#wasThere && asked.isAsked(event.room)) this.#names.add(event.room);
  }

  /** True if the user was at the server before this client connected. */
  get #wasThere(): boolean {
    return this.#wasInRoom || this.#session.state.hasShownModes;
  }

  /**
   * Leaves the rooms that the user has entered. If the user was not at the server before, leaves no
   * room: QUIT then leaves all rooms. If another client of the user has connected since, that
   * client still needs the rooms.
   */
  leave(): void {
    const { isConnected, state } = this.#session;
    if (!isConnected) return;
    for (const name of this.#names) if (state.rooms.get(name)) this.#session.part(name, "");
  }
}
