/**
 * The rooms that the user wants to be in, on this connection and the next. Pure.
 *
 * @module
 */

/** A room to be in. */
export interface WantedRoom {
  /** As the user or the server wrote it. */
  readonly name: string;
  /** What it takes to get in, if anything. */
  readonly key?: string;
}

/** The rooms to be in, each once. */
export class WantedRooms {
  readonly #isSame: (one: string, other: string) => boolean;
  #rooms: WantedRoom[] = [];

  /** No rooms yet. `isSame` tells whether two names are one room's. */
  constructor(isSame: (one: string, other: string) => boolean) {
    this.#isSame = isSame;
  }

  /** Adds `room`, or puts it in the place of the one of that name. */
  add(room: WantedRoom): void {
    this.remove(room.name);
    this.#rooms.push(room);
  }

  /** Removes the room called `name`. */
  remove(name: string): void {
    this.#rooms = this.#rooms.filter((room) => !this.#isSame(room.name, name));
  }

  /** Whether the room called `name` is among them. */
  has(name: string): boolean {
    return this.#rooms.some((room) => this.#isSame(room.name, name));
  }

  /** The rooms, in the order in which they were added. */
  [Symbol.iterator](): Iterator<WantedRoom> {
    return this.#rooms.values();
  }
}
