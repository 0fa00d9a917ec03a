/**
 * The conversations of a user: a buffer for each room that they are in, and for each person they write
 * with. A buffer keeps its latest events and counts those that the user has not seen. Pure; it does not
 * know how buffers are shown.
 *
 * @module
 */

import { Entries } from "./entries.ts";
import { type ClientEvent, isSpeech, type Speech } from "./events.ts";

/** The largest number of events that a buffer keeps. */
const MAX_EVENTS = 1000;

/** The events about one room or person, and how much of them the user has seen. */
export class Buffer {
  /** The name of the room, or the nick of the person. */
  name: string;
  /** The kind of conversation. */
  readonly kind: "room" | "person";
  /** The latest events, in order; at most 1,000. */
  readonly events: ClientEvent[] = [];
  /** The messages among them, with what later events have made of them. */
  readonly entries: Entries;
  /** The number of events at the end of {@linkcode events} that the user has not seen. */
  unseen = 0;
  /** The number of messages that the user has not seen. */
  unread = 0;
  /** The number of these that are for the user in particular. */
  mentions = 0;

  /** The first message that is on the screen: earlier ones are read back from it. */
  shownFrom: Speech | undefined;

  /** Creates an empty buffer. */
  constructor(
    kind: "room" | "person",
    name: string,
    isSame: (one: string, other: string) => boolean,
  ) {
    this.kind = kind;
    this.name = name;
    this.entries = new Entries(isSame, MAX_EVENTS);
  }

  /** Adds an event; `isSeen` is true if it is shown to the user now. */
  add(event: ClientEvent, isSeen: boolean): void {
    this.events.push(event);
    this.entries.add(event);
    if (this.events.length > MAX_EVENTS) this.events.shift();
    if (isSeen) return;
    this.unseen = Math.min(this.unseen + 1, MAX_EVENTS);
    this.#count(event);
  }

  /** Records that the user has read up to `time` in another client. */
  seeUpTo(time: number): void {
    const unseen = this.events.slice(this.events.length - this.unseen);
    const fresh = unseen.slice(unseen.findLastIndex((event) => event.time <= time) + 1);
    this.see();
    this.unseen = fresh.length;
    for (const event of fresh) this.#count(event);
  }

  /** The last message, up to which the user has read once they have seen all. */
  get last(): Speech | undefined {
    return this.events.findLast((event): event is Speech => isSpeech(event) && !event.isOnItsWay);
  }

  #count(event: ClientEvent): void {
    if (!isSpeech(event) || event.own || event.isPast) return;
    this.unread++;
    if (event.forMe) this.mentions++;
  }

  /** Records that the user has seen all events. */
  see(): void {
    this.unseen = 0;
    this.unread = 0;
    this.mentions = 0;
  }
}

/** The functions that compare names by the rules of the server. */
export interface BufferNames {
  /** Returns the form in which names of rooms and persons are compared. */
  fold(name: string): string;
  /** Returns true for the name of a room. */
  isRoom(name: string): boolean;
}

/** All buffers of a session. */
export class Buffers {
  readonly #names: () => BufferNames;
  readonly #all: Buffer[] = [];
  /** The buffers by their folded names: a server can put the user into thousands of rooms. */
  readonly #byName = new Map<string, Buffer>();
  #current: Buffer | undefined;

  /** Creates an empty list. */
  constructor(names: () => BufferNames) {
    this.#names = names;
  }

  /** The buffers, in the order in which they were opened. */
  get all(): readonly Buffer[] {
    return this.#all;
  }

  /** The buffer that the user sees; `undefined` if there is none. */
  get current(): Buffer | undefined {
    return this.#current;
  }

  /** Returns the buffer of a room or a person. */
  find(name: string): Buffer | undefined {
    return this.#byName.get(this.#names().fold(name));
  }

  /** Returns the buffer of a room or a person, and opens it if there is none. */
  open(name: string): Buffer {
    const found = this.find(name);
    if (found) return found;
    const fold = (nick: string): string => this.#names().fold(nick);
    const isSame = (one: string, other: string): boolean => fold(one) === fold(other);
    const buffer = new Buffer(this.#names().isRoom(name) ? "room" : "person", name, isSame);
    this.#all.push(buffer);
    this.#byName.set(this.#names().fold(name), buffer);
    this.#current ??= buffer;
    return buffer;
  }

  /** Gives the buffer of `name`, if there is one, the name `to`. */
  rename(name: string, to: string): Buffer | undefined {
    const buffer = this.find(name);
    if (!buffer) return undefined;
    this.#byName.delete(this.#names().fold(name));
    buffer.name = to;
    this.#byName.set(this.#names().fold(to), buffer);
    return buffer;
  }

  /** Makes `buffer` the one that the user sees. */
  show(buffer: Buffer): void {
    this.#current = buffer;
  }

  /** Closes a buffer; the one before it is seen then, if it was the current one. */
  close(buffer: Buffer): void {
    const at = this.#all.indexOf(buffer);
    if (at < 0) return;
    this.#all.splice(at, 1);
    const key = this.#names().fold(buffer.name);
    if (this.#byName.get(key) === buffer) this.#byName.delete(key);
    if (this.#current === buffer) this.#current = this.#all[Math.max(0, at - 1)];
  }

  /** Returns the buffer that is `step` places after the current one, around the end of the list. */
  next(step: number): Buffer | undefined {
    const count = this.#all.length;
    const at = this.#all.findIndex((buffer) => buffer === this.#current);
    return this.#all[(at + step + count) % count];
  }

  /** Returns the next buffer with something unread, first with something for the user in particular. */
  nextUnread(): Buffer | undefined {
    const at = this.#all.findIndex((buffer) => buffer === this.#current);
    const others = [...this.#all.slice(at + 1), ...this.#all.slice(0, Math.max(0, at))];
    return others.find(({ mentions }) => mentions > 0) ?? others.find(({ unread }) => unread > 0);
  }

  /**
   * Returns the buffers whose name fits `text`: exactly, or with its letters in their order. The best come
   * first.
   */
  matching(text: string): Buffer[] {
    const letters = text.toLowerCase();
    const rank = ({ name }: Buffer): number => {
      const word = name.toLowerCase().replace(/^#+/, "");
      const at = word.indexOf(letters.replace(/^#+/, ""));
      if (at >= 0) return at === 0 ? word.length === letters.length ? 0 : 1 : 2;
      return isWithin(letters, name.toLowerCase()) ? 3 : Infinity;
    };
    return this.#all.filter((buffer) => rank(buffer) < Infinity)
      .toSorted((one, other) => rank(one) - rank(other));
  }

  /**
   * Follows `event`: opens, renames and closes buffers. Returns the buffers that it belongs to; none if it
   * is about the connection, or answers the user, and so belongs to what the user sees.
   */
  follow(event: ClientEvent): Buffer[] {
    switch (event.type) {
      case "message":
      case "action":
      case "notice":
        return this.#ofMessage(event);
      case "join":
        // The server may spell the name differently from the user.
        if (event.own) {
          this.open(event.room);
          this.rename(event.room, event.room);
        }
        return this.#ofRoom(event.room);
      case "quit":
      case "nick":
        return this.#ofUser(event);
      case "rename": {
        const buffer = this.rename(event.room, event.to);
        return buffer ? [buffer] : [];
      }
      case "part":
      case "kick":
      case "topic":
      case "mode":
      case "members":
      case "topic-is":
        return this.#ofRoom(event.room);
      case "reaction":
      case "redaction":
        return this.#ofRoom(event.room ?? (event.own ? event.to : event.nick));
      default:
        return [];
    }
  }

  #ofRoom(room: string): Buffer[] {
    const buffer = this.find(room);
    return buffer ? [buffer] : [];
  }

  /** A private notice, which programs send, opens no buffer; neither does one to a person. */
  #ofMessage(
    event: Extract<ClientEvent, { readonly to: string; readonly forMe: boolean }>,
  ): Buffer[] {
    const { room, own, to, nick, type } = event;
    if (room !== undefined) return [this.open(room)];
    const name = own ? to : nick;
    const buffer = type === "notice" ? this.find(name) : this.open(name);
    return buffer ? [buffer] : [];
  }

  /** Returns the buffers of the rooms that a user was in, and of the user. */
  #ofUser(event: Extract<ClientEvent, { readonly type: "quit" | "nick" }>): Buffer[] {
    const person = this.find(event.nick);
    if (person && event.type === "nick" && !this.find(event.to)) {
      this.rename(event.nick, event.to);
    }
    const rooms = event.rooms.flatMap((room) => this.#ofRoom(room));
    return person ? [...rooms, person] : rooms;
  }
}

/** Returns true if `text` has all of `letters`, in their order. */
function isWithin(letters: string, text: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Returns true for a private message of the user, which they see sent wherever they are. */
export function isOwnElsewhere(event: ClientEvent): boolean {
  return isSpeech(event) && event.own && event.room === undefined;
}

/** Returns true if the user is no longer in the room of `event`, or cannot join it. */
export function isLeaving(
  event: ClientEvent,
): event is Extract<ClientEvent, { type: "room-refused" | "kick" | "part" }> {
  if (event.type === "room-refused") return true;
  return (event.type === "part" || event.type === "kick") && event.own;
}
