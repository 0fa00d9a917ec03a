/**
 * The rooms that the user wants to be in, on this connection and later ones. Pure.
 *
 * @module
 */

/** A room to join. */
export interface WantedRoom {
  /** The name, as the user or the server wrote it. */
  readonly name: string;
  /** The key of the room, if it has one. */
  readonly key?: string;
}

/** The rooms to join, each once. */
export class WantedRooms {
  readonly #isSame: (one: string, other: string) => boolean;
  #rooms: WantedRoom[] = [];

  /** Creates an empty list. `isSame` returns true if two names are those of one room. */
  constructor(isSame: (one: string, other: string) => boolean) {
    this.#isSame = isSame;
  }

  /** Adds `room` at the end; removes an earlier one with that name. */
  add(room: WantedRoom): void {
    this.remove(room.name);
    this.#rooms.push(room);
  }

  /** Removes the room with that name. */
  remove(name: string): void {
    this.#rooms = this.#rooms.filter((room) => !this.#isSame(room.name, name));
  }

  /** Returns true if a room with that name is in the list. */
  has(name: string): boolean {
    return this.#rooms.some((room) => this.#isSame(room.name, name));
  }

  /** Iterates over the rooms, in the order in which they were added. */
  [Symbol.iterator](): Iterator<WantedRoom> {
    return this.#rooms.values();
  }
}
