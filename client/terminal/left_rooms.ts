/**
 * Remembers the messages on the screen from rooms that the user has left. If the user joins such a
 * room again, its history contains these messages, which must not be printed twice. Performs no
 * I/O.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import { type ClientEvent, isSpeech } from "../session/events.ts";

/** The number of messages of one room to remember: more than a room shows when it is joined. */
const MAX_OF_ROOM = 100;

/** The number of messages of all rooms to remember. */
const MAX_MESSAGES = 1000;

/** The messages of the rooms that the user has left. */
export class LeftRooms {
  /** The ids of the messages, the earliest first. */
  readonly #ids = new Set<string>();

  /** Records that the user leaves the room of `buffer`. */
  left({ events, unseen }: Buffer): void {
    const seen = events.slice(0, events.length - unseen).filter(isSpeech).slice(-MAX_OF_ROOM);
    for (const { id } of seen) {
      if (id === undefined) continue;
      this.#ids.delete(id);
      this.#ids.add(id);
    }
    const [...ids] = this.#ids;
    for (const id of ids.slice(0, -MAX_MESSAGES)) this.#ids.delete(id);
  }

  /** Returns true for a message that was shown before the user left its room. */
  hasShown(event: ClientEvent): boolean {
    return isSpeech(event) && event.id !== undefined && this.#ids.has(event.id);
  }
}
