/**
 * The rooms that one is in and who else is there, as one server's messages tell it. Names compare as
 * that server says. Pure.
 *
 * @module
 */

import type { Isupport } from "./isupport.ts";

/** Somebody in a room. */
interface Member {
  nick: string;
  /** `@`, `+` and the like; several where the server tells all. */
  prefixes: string;
  /** Grows with what they say, to find the one last heard. */
  lastSpoke: number;
}

/** A room that one is in. */
export class Room {
  /** As the server writes it. */
  readonly name: string;
  readonly #isupport: Isupport;
  readonly #members = new Map<string, Member>();
  /** Whether the list of members that joining brings is still to come or coming. */
  isFilling = true;

  /** A room in which nobody is yet. */
  constructor(name: string, isupport: Isupport) {
    this.name = name;
    this.#isupport = isupport;
  }

  /** How many are here, oneself included. */
  get size(): number {
    return this.#members.size;
  }

  /** Adds `nick`, or changes its prefixes. */
  add(nick: string, prefixes = ""): void {
    const key = this.#isupport.fold(nick);
    const lastSpoke = this.#members.get(key)?.lastSpoke ?? 0;
    this.#members.set(key, { nick, prefixes, lastSpoke });
  }

  /** Removes `nick`, if it is here. */
  remove(nick: string): void {
    this.#members.delete(this.#isupport.fold(nick));
  }

  /** `nick`, if it is here, is now called `to`. */
  rename(nick: string, to: string): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (!member) return;
    this.remove(nick);
    this.#members.set(this.#isupport.fold(to), { ...member, nick: to });
  }

  /** Gives `nick` a prefix or takes it. */
  setPrefix(nick: string, prefix: string, has: boolean): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (!member) return;
    const prefixes = new Set(member.prefixes);
    if (has) prefixes.add(prefix);
    else prefixes.delete(prefix);
    const order = [...this.#isupport.memberModes.values()];
    member.prefixes = order.filter((known) => prefixes.has(known)).join("");
  }

  /** Notes that `nick` said something; `order` grows from call to call. */
  spoke(nick: string, order: number): void {
    const member = this.#members.get(this.#isupport.fold(nick));
    if (member) member.lastSpoke = order;
  }

  /** Everybody's nick, those who spoke last first, then by name. */
  get nicks(): string[] {
    return [...this.#members.values()]
      .sort((a, b) => b.lastSpoke - a.lastSpoke || compare(a.nick, b.nick))
      .map((member) => member.nick);
  }

  /** Everybody with the highest of their prefixes, operators first, then by name. */
  get listing(): string[] {
    const order = [...this.#isupport.memberModes.values()];
    const rank = ({ prefixes }: Member) => {
      const at = order.indexOf(prefixes.charAt(0));
      return at < 0 ? order.length : at;
    };
    return [...this.#members.values()]
      .sort((a, b) => rank(a) - rank(b) || compare(a.nick, b.nick))
      .map((member) => member.prefixes.charAt(0) + member.nick);
  }
}

/** The rooms that one is in. */
export class Rooms {
  readonly #isupport: Isupport;
  readonly #rooms = new Map<string, Room>();

  /** No rooms yet. */
  constructor(isupport: Isupport) {
    this.#isupport = isupport;
  }

  /** The room called `name`, if one is in it. */
  get(name: string): Room | undefined {
    return this.#rooms.get(this.#isupport.fold(name));
  }

  /** One has joined `name`. */
  add(name: string): Room {
    const room = new Room(name, this.#isupport);
    this.#rooms.set(this.#isupport.fold(name), room);
    return room;
  }

  /** One is not in `name` any more. */
  remove(name: string): void {
    this.#rooms.delete(this.#isupport.fold(name));
  }

  /** The rooms, in the order in which they were joined. */
  [Symbol.iterator](): Iterator<Room> {
    return this.#rooms.values();
  }
}

function compare(a: string, b: string): number {
  const x = a.toLowerCase();
  const y = b.toLowerCase();
  return x < y ? -1 : x > y ? 1 : 0;
}
