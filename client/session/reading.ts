/**
 * The position up to which the user has read each room and private conversation. A store, given in
 * the session's options, keeps it for later sessions, and read markers
 * (https://ircv3.net/specs/extensions/read-marker) share it with the user's other clients. Performs
 * no I/O.
 *
 * @module
 */

import { isMiddle, type Message } from "../../protocol.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";
import type { Stamp } from "./events.ts";
import type { Isupport } from "./isupport.ts";

/** The last message that the user has read in a conversation. */
export type Position = Pick<Stamp, "time" | "id">;

/** The last time whose year has four digits, as servers read them, in milliseconds. */
export const LAST_TIME = Date.UTC(10_000, 0) - 1;

/**
 * Returns the position with this time and id, which come from a store that may be damaged. Leaves
 * out an id that no command can name; returns `undefined` if the time is invalid.
 */
export function asPosition(time: unknown, id: unknown): Position | undefined {
  if (typeof time !== "number" || !(time >= 0 && time <= LAST_TIME)) return undefined;
  return { time, ...(typeof id === "string" && isMiddle(id) && { id }) };
}

/** The positions at one server that outlast a session. */
export interface KnownPositions {
  /** Returns the positions of earlier sessions, by the names of rooms and persons. */
  find(): ReadonlyMap<string, Position>;
  /** Stores positions for later sessions; those of other conversations stay as they are. */
  keep(positions: ReadonlyMap<string, Position>): void;
}

/** The parts of a session that positions use. */
export interface ReadingParts {
  /** The time. */
  readonly clock: Clock;
  /** Returns the functions that compare names. */
  names(): Pick<Isupport, "fold">;
  /** Sends a message, if the server has read markers. */
  mark(message: Message): void;
}

/**
 * The name of the entry with the time up to which all private messages were read. No room or person
 * has this name.
 */
const ALL_DIRECT = "*";

/** The time after which changed positions are kept and sent, in milliseconds. */
const DELAY = 2_000;

/** The largest difference between the clocks of this machine and of a server, in milliseconds. */
const CLOCK_ERROR = 3_600_000;

/**
 * Returns true if the time of `position` is in the future. With this position, all new messages
 * would count as read for a long time.
 */
export function isFromFuture({ time }: Position, now: number): boolean {
  return time > now + CLOCK_ERROR;
}

/** A position, and the name as the server or the user writes it. */
interface Entry {
  readonly name: string;
  readonly position: Position;
}

/** The positions of one session. */
export class Reading {
  readonly #parts: ReadingParts;
  readonly #known: KnownPositions | undefined;
  #entries: Map<string, Entry> | undefined;
  /** The time of the first unread message of each person, by the folded nick. */
  readonly #unread = new Map<string, number>();
  /** The folded names of the entries to keep and send. */
  readonly #changed = new Set<string>();
  #cancel: Cancel | undefined;

  /** Begins with the positions of `known`. */
  constructor(parts: ReadingParts, known: KnownPositions | undefined) {
    this.#parts = parts;
    this.#known = known;
  }

  /** Returns the position in the conversation `name`, if there is one. */
  find(name: string): Position | undefined {
    return this.#all.get(this.#fold(name))?.position;
  }

  /**
   * The time since which private messages may be unread; undefined in the first session at a
   * server.
   */
  get directSince(): number | undefined {
    return this.#all.get(ALL_DIRECT)?.position.time;
  }

  /** Records that a private message has arrived from the user `name`. */
  received(name: string, { time }: Stamp): void {
    const key = this.#fold(name);
    if (!this.#unread.has(key)) this.#unread.set(key, time);
  }

  /** Records that the user has seen the message `stamp` in the conversation `name`. */
  read(name: string, stamp: Stamp): void {
    this.#unread.delete(this.#fold(name));
    if (!this.#advance(name, stamp)) return;
    this.#changed.add(this.#fold(name));
    this.#cancel ??= this.#parts.clock.after(DELAY, () => this.flush());
  }

  /**
   * Records that the user has read `name` up to `time` in another client; returns false if that was
   * known.
   */
  marked(name: string, time: number): boolean {
    const isNews = this.#advance(name, { time });
    if (!isNews) return false;
    this.#unread.delete(this.#fold(name));
    this.#known?.keep(new Map([[name, { time }]]));
    return true;
  }

  /**
   * Keeps and sends the changed positions; `upTo` is the time of the last message that has arrived.
   */
  flush(upTo?: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const positions = new Map<string, Position>();
    for (const key of this.#changed) {
      const entry = this.#all.get(key);
      if (!entry) continue;
      positions.set(entry.name, entry.position);
      const time = new Date(entry.position.time).toISOString();
      this.#parts.mark({ command: "MARKREAD", params: [entry.name, `timestamp=${time}`] });
    }
    this.#changed.clear();
    if (upTo !== undefined) {
      const time = Math.min(upTo, ...this.#unread.values().map((first) => first - 1));
      positions.set(ALL_DIRECT, { time });
    }
    if (positions.size > 0) this.#known?.keep(positions);
  }

  /** Moves the position of `name` to `stamp`, if that is later. */
  #advance(name: string, stamp: Position): boolean {
    const { time, id } = this.#noFuture(stamp);
    const key = this.#fold(name);
    const before = this.#all.get(key)?.position;
    if (before && (before.time > time || (before.time === time && (!id || before.id === id)))) {
      return false;
    }
    this.#all.set(key, { name, position: { time, ...(id !== undefined && { id }) } });
    return true;
  }

  /** The entries. They are read once the server has said how names compare. */
  get #all(): Map<string, Entry> {
    this.#entries ??= new Map(
      [...this.#known?.find() ?? []].map(([name, position]) => [
        this.#fold(name),
        { name, position: this.#noFuture(position) },
      ]),
    );
    return this.#entries;
  }

  /** Returns `position` with the present in place of a time in the future. */
  #noFuture(position: Position): Position {
    const now = this.#parts.clock.now();
    return isFromFuture(position, now) ? { ...position, time: now } : position;
  }

  #fold(name: string): string {
    return this.#parts.names().fold(name);
  }
}
