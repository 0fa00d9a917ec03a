/**
 * Keeps the servers that the user was at, and the rooms there. The file can be edited and has one
 * line for each server; the server used last has the last line. A room that can be joined only with
 * a key is written as `#room,key`. The file is only a convenience, so errors in reading and writing
 * it are ignored. Opens no connections.
 *
 * @module
 */

import type { WantedRoom } from "../session/wanted.ts";
import { addressIn, readWords, replaceFile } from "./folder.ts";

/** A server, and the rooms that the user was in. */
export interface Place {
  /** The server, as it can be given to `chat connect`, without a room and a token. */
  readonly target: string;
  /** The rooms, in the order in which they were joined. */
  readonly rooms: readonly WantedRoom[];
}

/** The largest number of servers that are remembered. */
const MAX_PLACES = 100;

/** The largest number of rooms that are remembered of a server. */
const MAX_ROOMS = 50;

/** The file. It is read for each lookup, because several clients may run at once. */
export class Places {
  readonly #path: string;
  /** The line that was written last. */
  #lastLine = "";

  /** Uses the file at `path`, which need not exist. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The servers, each once; the server used last comes first. */
  get all(): Place[] {
    const places = new Map<string, Place>();
    for (const [target = "", ...words] of readWords(this.#path).toReversed()) {
      const address = addressIn(target);
      const place = places.get(address) ?? { target, rooms: [] };
      const others = words.map(parseRoom)
        .filter(({ name }) => !place.rooms.some((room) => room.name === name));
      places.set(address, { ...place, rooms: [...place.rooms, ...others] });
    }
    return [...places.values()];
  }

  /** Returns the rooms that the user was in at the server `target`. */
  roomsAt(target: string): readonly WantedRoom[] {
    return this.all.find((place) => addressIn(place.target) === addressIn(target))?.rooms ?? [];
  }

  /**
   * Records that the server `target` was used last, with at most 50 rooms: first `rooms`, and then
   * the rooms that another client of the user has joined there. The lines of other servers stay,
   * but the oldest is removed if there would be more than 100 lines.
   */
  keep(target: string, rooms: Iterable<WantedRoom>): void {
    const words: string[] = [target];
    for (const { name, key } of rooms) {
      if (words.length > MAX_ROOMS) break;
      words.push(key === undefined ? name : `${name},${key}`);
    }
    const line = words.join(" ");
    // A server can put the user into thousands of rooms, one after the other. From the 51st room
    // on, the line stays the same, and the file need not be written.
    if (line === this.#lastLine) return;
    const address = addressIn(target);
    const isHere = ([other = ""]: readonly string[]) => addressIn(other) === address;
    const lines = readWords(this.#path);
    const own = new Set(
      [...words, ...this.#lastLine.split(" ")].map((word) => parseRoom(word).name),
    );
    // At the first call, `rooms` has all rooms of the file that the user has not left, so no room
    // is taken from the file.
    const [, ...kept] = this.#lastLine === "" ? [] : lines.findLast(isHere) ?? [];
    this.#lastLine = line;
    const others = kept.filter((word) => !own.has(parseRoom(word).name));
    const all = [...words, ...others].slice(0, MAX_ROOMS + 1);
    replaceFile(this.#path, [...lines.filter((each) => !isHere(each)), all].slice(-MAX_PLACES));
  }
}

function parseRoom(word: string): WantedRoom {
  const [name = "", key] = word.split(",");
  return { name, ...(key && { key }) };
}
