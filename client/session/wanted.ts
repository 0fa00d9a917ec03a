/**
 * The rooms that the user wants to be in, on this connection and later ones. Performs no I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { ClientEvent } from "./events.ts";
import type { Isupport } from "./isupport.ts";

/** A room to join. */
export interface WantedRoom {
  /** The name, as the user or the server wrote it. */
  readonly name: string;
  /** The room's key, a password for joining it; absent if it has none. */
  readonly key?: string;
  /** True if joining must not create the room; no longer set once the user has been in the room. */
  readonly mustExist?: boolean;
}

/** The rooms that the user asks for at the start. */
export interface RoomOptions {
  /**
   * The room to join, with or without its `#`. If undefined, the client joins the first of `rooms`
   * or, without any, the server's default room.
   */
  readonly room?: string;
  /** Other rooms to join; without `room`, the first of them takes its place. */
  readonly rooms?: readonly WantedRoom[];
  /** Called with all wanted rooms whenever they change. */
  readonly rememberRooms?: (rooms: Iterable<WantedRoom>) => void;
}

/** The rooms to join, each once. */
export class WantedRooms {
  readonly #fold: (name: string) => string;
  /** The rooms by their folded names: a server can put the user into thousands. */
  #rooms = new Map<string, WantedRoom>();
  /** The folded present names of the rooms that the user asked for at the start. */
  readonly #asked = new Set<string>();
  /** The folded present names of the rooms that the user has joined, and not left. */
  readonly #joined = new Set<string>();
  /** The key of the room that was left last. */
  #lastKey: string | undefined;
  /** The server's names for rooms that the user knows by other names. */
  #names: { readonly asked: string; readonly name: string }[] = [];

  readonly #changed: (rooms: Iterable<WantedRoom>) => void;

  /**
   * Creates an empty list. `fold` returns the form in which names are compared; `changed` takes the
   * rooms after each change.
   */
  constructor(
    fold: (name: string) => string,
    changed: (rooms: Iterable<WantedRoom>) => void,
  ) {
    this.#fold = fold;
    this.#changed = changed;
  }

  /**
   * Begins with the rooms that the user asks for; returns the first room, or the server's default
   * room.
   */
  begin({ room, rooms = [] }: RoomOptions, isupport: Isupport): string | undefined {
    const named = rooms.map((each) => ({ ...each, name: isupport.toRoom(each.name) }));
    const home = room === undefined ? named[0]?.name ?? isupport.lobby : isupport.toRoom(room);
    if (home === undefined) return undefined;
    const known = named.find(({ name }) => this.#isSame(name, home)) ?? { name: home };
    for (const each of [known, ...named]) {
      this.#rooms.set(this.#fold(each.name), each);
      this.#asked.add(this.#fold(each.name));
    }
    this.#changed(this);
    return home;
  }

  /** Adds `room` at the end; removes an earlier room with that name. */
  add(room: WantedRoom): void {
    const key = this.#fold(room.name);
    this.#rooms.delete(key);
    this.#rooms.set(key, room);
    this.#changed(this);
  }

  /**
   * Adds a room that the server made the user join, unless it is in the list. To a client without
   * RENAME, the server shows a renamed room as a PART and a JOIN. So the added room may be the room
   * that the user left last, under a new name. Therefore it gets the key of that room.
   */
  keep(name: string): void {
    this.#joined.add(this.#fold(name));
    const known = this.#find(name);
    if (known) {
      const { mustExist: _, ...room } = known;
      this.#rooms.set(this.#fold(name), room);
      return;
    }
    this.add({ name, ...(this.#lastKey !== undefined && { key: this.#lastKey }) });
    this.#lastKey = undefined;
  }

  /** Returns `event`; marks a join by which the user is back in a room. */
  marked(event: ClientEvent): ClientEvent {
    const isBack = event.type === "join" && event.own && this.#joined.has(this.#fold(event.room));
    return isBack ? { ...event, isReturn: true } : event;
  }

  /** Follows a change of a room's key, if `message` is a MODE or RPL_CHANNELMODEIS (324). */
  followKey({ command, params }: Message, isupport: Isupport): void {
    if (command !== "MODE" && command !== "324") return;
    const [name = "", modes = "", ...rest] = command === "324" ? params.slice(1) : params;
    const change = isupport.keyChange(modes, rest);
    const room = change && this.#find(name);
    if (!room) return;
    this.#rooms.set(this.#fold(name), { name: room.name, ...change });
    this.#changed(this);
  }

  /** Renames the room `name` to `to`. */
  rename(name: string, to: string): void {
    for (const names of [this.#asked, this.#joined]) {
      if (names.delete(this.#fold(name))) names.add(this.#fold(to));
    }
    const room = this.#find(name);
    if (!room) return;
    const others = [...this.#rooms.values()].filter((each) =>
      each === room || !this.#isSame(each.name, to)
    );
    this.#rooms = new Map();
    for (const each of others) this.add(each === room ? { ...room, name: to } : each);
    this.#names = this.#names.map((each) =>
      this.#isSame(each.name, name) ? { ...each, name: to } : each
    );
  }

  /** Removes the room with that name. */
  remove(name: string): void {
    this.#lastKey = this.#find(name)?.key;
    this.#rooms.delete(this.#fold(name));
    this.#joined.delete(this.#fold(name));
    this.#changed(this);
  }

  /** Records that the room that the user calls `asked` has the name `name` on the server. */
  call(asked: string, name: string): void {
    this.rename(asked, name);
    this.#joined.add(this.#fold(name));
    this.#names = this.#names.filter((each) => !this.#isSame(each.asked, asked));
    this.#names.push({ asked, name });
  }

  /** Returns the server's name for the room that the user calls `asked`. */
  nameOf(asked: string): string {
    return this.#names.find((each) => this.#isSame(each.asked, asked))?.name ?? asked;
  }

  /** Returns true if the user asked at the start for the room that the server calls `name`. */
  isAsked(name: string): boolean {
    return this.#asked.has(this.#fold(name));
  }

  /** The server's names for rooms that the user knows by other names. */
  get names(): readonly { readonly asked: string; readonly name: string }[] {
    return this.#names;
  }

  /** Iterates over the rooms, in the order in which they were added. */
  [Symbol.iterator](): Iterator<WantedRoom> {
    return this.#rooms.values();
  }

  #find(name: string): WantedRoom | undefined {
    return this.#rooms.get(this.#fold(name));
  }

  #isSame(one: string, other: string): boolean {
    return this.#fold(one) === this.#fold(other);
  }
}
