/**
 * The conversations of a user: a buffer for each room that they are in, and for each person they
 * write with. Performs no I/O; it does not know how buffers are shown.
 *
 * @module
 */

import { Buffer } from "./buffer.ts";
import { BufferList } from "./buffer_list.ts";
import { type ClientEvent, isSpeech } from "./events.ts";
import { Silenced, type SilencedStore } from "./silenced.ts";

/** The largest number of people who left a room that are remembered. */
const MAX_GONE = 1000;

/** The functions that compare names by the rules of the server. */
export interface BufferNames {
  /** Returns the form in which names of rooms and persons are compared. */
  fold(name: string): string;
  /** Returns true for the name of a room. */
  isRoom(name: string): boolean;
}

/** The buffers of one session. */
export class Buffers {
  readonly #names: () => BufferNames;
  readonly #list: BufferList;
  readonly #all: Buffer[] = [];
  /**
   * The buffers by their folded names, for fast access: a server can put the user into thousands of
   * rooms.
   */
  readonly #byName = new Map<string, Buffer>();
  /** The rooms and persons that the user has silenced; {@linkcode silence} changes it. */
  readonly silenced: Silenced;
  readonly #closed: (buffer: Buffer) => void;
  /** The buffers of persons who left the server, until they are back. */
  readonly #left = new Set<Buffer>();
  /** The people who left a room after they were seen there, by the folded names of both. */
  readonly #gone = new Map<string, Set<string>>();
  #current: Buffer | undefined;

  /**
   * Creates an empty list. `list` has the buffers of all sessions, including those of this one;
   * `store` keeps the names of the silenced rooms and persons; `closed` is called with each buffer
   * that was closed.
   */
  constructor(
    names: () => BufferNames,
    list: BufferList = new BufferList(),
    store?: SilencedStore,
    closed: (buffer: Buffer) => void = () => {},
  ) {
    this.#names = names;
    this.#list = list;
    this.#closed = closed;
    this.silenced = new Silenced((name) => names().fold(name), store);
  }

  /** The buffers, in the order in which they were opened. */
  get all(): readonly Buffer[] {
    return this.#all;
  }

  /** The buffer that the user sees, or saw last; `undefined` if there is none. */
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
    buffer.isSilenced = this.silenced.has(name);
    this.#all.push(buffer);
    this.#list.add(buffer);
    this.#byName.set(this.#names().fold(name), buffer);
    this.#current ??= buffer;
    return buffer;
  }

  /**
   * Opens the buffer of a person with whom the user has written in an earlier session. It does not
   * become current: what the user types now is not for this person.
   */
  restore(nick: string): void {
    if (this.find(nick)) return;
    const current = this.#current;
    this.open(nick).isRestored = true;
    this.#current = current;
  }

  /** Renames the buffer of `name` to `to`, if there is one. */
  rename(name: string, to: string): Buffer | undefined {
    const buffer = this.find(name);
    if (!buffer) return undefined;
    this.#byName.delete(this.#names().fold(name));
    buffer.name = to;
    this.#byName.set(this.#names().fold(to), buffer);
    return buffer;
  }

  /** Silences a room or a person, or ends the silence; returns false if nothing changes. */
  silence(name: string, isSilenced: boolean): boolean {
    if (this.silenced.has(name) === isSilenced) return false;
    this.silenced.set(name, isSilenced);
    const buffer = this.find(name);
    if (buffer) buffer.isSilenced = isSilenced;
    return true;
  }

  /** Makes `buffer` the current one. */
  show(buffer: Buffer): void {
    this.#current = buffer;
  }

  /** Closes a buffer. If it was current, the one before it becomes current, or else the next one. */
  close(buffer: Buffer): void {
    const at = this.#all.indexOf(buffer);
    if (at < 0) return;
    this.#all.splice(at, 1);
    this.#list.remove(buffer);
    const key = this.#names().fold(buffer.name);
    if (this.#byName.get(key) === buffer) this.#byName.delete(key);
    this.#left.delete(buffer);
    this.#gone.delete(key);
    if (this.#current === buffer) this.#current = this.#all[Math.max(0, at - 1)];
    this.#closed(buffer);
  }

  /**
   * Follows `event`: opens and renames buffers. Returns the buffers that it belongs to. An event
   * about the connection, or an answer to the user, belongs to no buffer; it is shown in the
   * current one.
   */
  follow(event: ClientEvent): Buffer[] {
    this.#followGone(event);
    switch (event.type) {
      case "message":
      case "action":
      case "notice":
        return this.#ofMessage(event);
      case "join":
        // The buffer may have the user's spelling of the name; it gets the server's spelling.
        if (event.own) {
          this.open(event.room);
          this.rename(event.room, event.room);
        }
        return [...this.#ofRoom(event.room), ...this.#ofReturn(event.nick)];
      case "quit":
        return this.#ofUser(event);
      case "nick": {
        const owners = this.#ofUser(event);
        this.#renameSilenced(event.nick, event.to);
        return owners;
      }
      case "rename": {
        const buffer = this.rename(event.room, event.to);
        this.#renameSilenced(event.room, event.to);
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
      case "unreaction":
      case "redaction":
        return this.#ofRoom(event.room ?? (event.own ? event.to : event.nick));
      default:
        return [];
    }
  }

  /**
   * Returns the joins that the user has not been told of: of the members of a room who, as far as
   * the user knows, had left it. They came back while there was no connection.
   */
  returned(event: ClientEvent): (ClientEvent & { readonly type: "join" })[] {
    if (event.type !== "members") return [];
    const { room, time, members } = event;
    const gone = this.#goneFrom(room);
    const isGone = (nick: string) => gone.has(this.#names().fold(nick));
    return members.map((member) => isGone(member) ? member : member.slice(1)).filter(isGone)
      .map((nick) => ({ type: "join", time, nick, own: false, room }));
  }

  #goneFrom(room: string): Set<string> {
    const key = this.#names().fold(room);
    const found = this.#gone.get(key) ?? new Set();
    if (found.size === 0) this.#gone.set(key, found);
    return found;
  }

  /** Notes who has left which rooms, or has come back. */
  #followGone(event: ClientEvent): void {
    if (!("own" in event) || event.own) return;
    const nick = this.#names().fold(event.nick);
    if (event.type === "join") this.#goneFrom(event.room).delete(nick);
    else if (event.type === "quit") { for (const room of event.rooms) this.#leave(room, nick); }
    else if (event.type === "part" || event.type === "kick") this.#leave(event.room, nick);
  }

  #leave(room: string, nick: string): void {
    const gone = this.#goneFrom(room).add(nick);
    const [oldest = ""] = gone;
    if (gone.size > MAX_GONE) gone.delete(oldest);
  }

  /** Keeps a silenced room or person silenced under the new name. */
  #renameSilenced(name: string, to: string): void {
    if (!this.silenced.rename(name, to)) return;
    for (const buffer of this.#all) buffer.isSilenced = this.silenced.has(buffer.name);
  }

  #ofRoom(room: string): Buffer[] {
    const buffer = this.find(room);
    return buffer ? [buffer] : [];
  }

  /**
   * Returns the buffer of a message; opens it if needed. A private notice opens no buffer, because
   * programs send notices.
   */
  #ofMessage(
    event: Extract<ClientEvent, { readonly to: string; readonly forMe: boolean }>,
  ): Buffer[] {
    const { room, own, to, nick, type } = event;
    if (room !== undefined) return [this.open(room)];
    const name = own ? to : nick;
    const buffer = type === "notice" ? this.find(name) : this.open(name);
    // A message shows that its author is back.
    if (buffer && !own) this.#left.delete(buffer);
    return buffer ? [buffer] : [];
  }

  /** Returns the buffer of a person who had left the server. */
  #ofReturn(nick: string): Buffer[] {
    const person = this.find(nick);
    return person && this.#left.delete(person) ? [person] : [];
  }

  /**
   * Returns the buffers of the rooms in `event`, and that of the user; follows a change of nick.
   */
  #ofUser(event: Extract<ClientEvent, { readonly type: "quit" | "nick" }>): Buffer[] {
    const person = this.find(event.nick);
    if (person && event.type === "nick" && !this.find(event.to)) {
      this.rename(event.nick, event.to);
    }
    if (person && event.type === "quit") this.#left.add(person);
    const rooms = event.rooms.flatMap((room) => this.#ofRoom(room));
    return person ? [...rooms, person] : rooms;
  }
}

/**
 * Returns true for a private message that the user has sent. It is shown in the current buffer,
 * too, because the user may have sent it from there (`/msg`).
 */
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
