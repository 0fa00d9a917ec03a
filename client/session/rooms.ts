/**
 * The rooms that the user is in and their members, as the server's messages describe them. Names
 * are compared by the server's rules. Performs no I/O.
 *
 * @module
 */

import type { Isupport } from "./isupport.ts";

/** A member of a room. */
interface Member {
  nick: string;
  /** Prefixes such as `@` and `+`; several if the server sends all. */
  prefixes: string;
  /** The order of the member's last message; larger is later. */
  lastSpoke: number;
  /** True if the member is known to be away. */
  isAway?: boolean;
}

/** The members of a room that have the same rank. */
export interface MembersOfRank {
  /** The prefix of the rank; empty for members without a rank. */
  readonly prefix: string;
  /** The members, in the alphabetical order of their nicks. */
  readonly members: readonly { readonly nick: string; readonly isAway: boolean }[];
}

/** A room that the user is in. */
export class Room {
  /** The name, as the server writes it. */
  name: string;
  readonly #isupport: Isupport;
  readonly #members = new Map<string, Member>();
  /** True until the list of members is complete. */
  isFilling = true;

  /** Creates a room without members. */
  constructor(name: string, isupport: Isupport) {
    this.name = name;
    this.#isupport = isupport;
  }

  /** The number of members, the user included. */
  get size(): number {
    return this.#members.size;
  }

  /** Returns true if `nick` is a member. */
  has(nick: string): boolean {
    return this.#members.has(this.#isupport.fold(nick));
  }

  /** Adds `nick`, or changes its prefixes. */
  add(nick: string, prefixes = ""): void {
    const key = this.#isupport.fold(nick);
    const { lastSpoke = 0, isAway = false } = this.#members.get(key) ?? {};
    this.#members.set(key, { nick, prefixes, lastSpoke, isAway });
  }

  /** Removes `nick`, if it is a member. */
  remove(nick: string): void {
    this.#members.delete(this.#isupport.fold(nick));
  }

  /** Changes the nick of a member to `to`. */
  rename(nick: string, to: string): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (!member) return;
    this.remove(nick);
    this.#members.set(this.#isupport.fold(to), { ...member, nick: to });
  }

  /** Adds a prefix to `nick` if `has` is true; removes it otherwise. */
  setPrefix(nick: string, prefix: string, has: boolean): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (!member) return;
    const prefixes = new Set(member.prefixes);
    if (has) prefixes.add(prefix);
    else prefixes.delete(prefix);
    const order = [...this.#isupport.memberModes.values()];
    member.prefixes = order.filter((known) => prefixes.has(known)).join("");
  }

  /** Records that `nick` is away, or is back. */
  setAway(nick: string, isAway: boolean): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (member) member.isAway = isAway;
  }

  /** Records a message of `nick`; `order` grows from call to call. */
  spoke(nick: string, order: number): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (member) member.lastSpoke = order;
  }

  /** The nicks of all members, the last to speak first, then by name. */
  get nicks(): string[] {
    return [...this.#members.values()]
      .sort((a, b) => b.lastSpoke - a.lastSpoke || compare(a.nick, b.nick))
      .map((member) => member.nick);
  }

  /** The nicks of all members with their highest prefix, operators first, then by name. */
  get listing(): string[] {
    return this.ranks.flatMap(({ prefix, members }) => members.map(({ nick }) => prefix + nick));
  }

  /** The members, grouped by their highest rank; operators first. */
  get ranks(): MembersOfRank[] {
    const order = [...this.#isupport.memberModes.values(), ""];
    const prefixOf = ({ prefixes }: Member) =>
      order.find((each) => prefixes.startsWith(each)) ?? "";
    const byPrefix = Map.groupBy(this.#members.values(), prefixOf);
    return order.flatMap((prefix) => {
      const members = byPrefix.get(prefix)?.toSorted((a, b) => compare(a.nick, b.nick));
      return members
        ? [{ prefix, members: members.map(({ nick, isAway = false }) => ({ nick, isAway })) }]
        : [];
    });
  }
}

/** The rooms that the user is in. */
export class Rooms {
  readonly #isupport: Isupport;
  readonly #rooms = new Map<string, Room>();

  /** Creates an empty list. */
  constructor(isupport: Isupport) {
    this.#isupport = isupport;
  }

  /** Returns the room with that name, if the user is in it. */
  get(name: string): Room | undefined {
    return this.#rooms.get(this.#isupport.fold(name));
  }

  /** Adds the room `name`, without members. */
  add(name: string): Room {
    const room = new Room(name, this.#isupport);
    this.#rooms.set(this.#isupport.fold(name), room);
    return room;
  }

  /** Renames the room `name` to `to`. */
  rename(name: string, to: string): void {
    const room = this.get(name);
    if (!room) return;
    this.remove(name);
    room.name = to;
    this.#rooms.set(this.#isupport.fold(to), room);
  }

  /** Removes the room `name`. */
  remove(name: string): void {
    this.#rooms.delete(this.#isupport.fold(name));
  }

  /** Returns the rooms that `nick` is in. */
  with(nick: string): Room[] {
    return [...this.#rooms.values()].filter((room) => room.has(nick));
  }

  /** Iterates over the rooms, in the order in which they were joined or renamed. */
  [Symbol.iterator](): IterableIterator<Room> {
    return this.#rooms.values();
  }
}

function compare(a: string, b: string): number {
  const x = a.toLowerCase();
  const y = b.toLowerCase();
  return x < y ? -1 : x > y ? 1 : 0;
}
