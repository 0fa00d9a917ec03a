/**
 * Ids of what happens. An id says when something happened, and in which order: ids compare as texts
 * do, those of a later run of the server are greater than all before, and a time can be turned into
 * a place among them. That makes of the order of history one thing, whether by time or by `msgid`.
 *
 * @module
 */

/** Names an event: 11 digits and lower-case letters. Given to clients as `msgid`. */
export type EventId = string;

/** So many ids fit into each millisecond; should they not suffice, the next ones are borrowed. */
const PER_MS = 1024;
const RADIX = 36;
const LENGTH = 11;
/** The last millisecond that ids have room for is in the year 6043; later times are as that. */
const GREATEST = RADIX ** LENGTH - PER_MS;

/** Whether `text` has the form of an id. */
export function isEventId(text: string): boolean {
  return /^[0-9a-z]{11}$/.test(text);
}

/** The first id of that millisecond since 1970-01-01 UTC, which is not given to anything itself. */
export function idAt(time: number): EventId {
  return textOf(Math.min(Math.max(0, Math.floor(time)) * PER_MS, GREATEST));
}

/** When the event with that id happened, in milliseconds since 1970-01-01 UTC. */
export function timeOf(id: EventId): number {
  return Math.floor(numberOf(id) / PER_MS);
}

/** An id as a whole number, in the same order. */
export function numberOf(id: EventId): number {
  return Number.parseInt(id, RADIX);
}

/** The id that {@linkcode numberOf} made that number of. */
export function textOf(number: number): EventId {
  return number.toString(RADIX).padStart(LENGTH, "0");
}

/** How many digits at the end of an id change while those before them mostly do not. */
const LOW_DIGITS = 3;
const LOW = RADIX ** LOW_DIGITS;

/** Gives out ids, each greater than all before. */
export class EventIds {
  #last: number;
  /** All digits but the low ones, and their text: making that anew for each id takes longer. */
  #high = -1;
  #highText = "";

  /** Ids that come after `last`, the greatest that was ever given. */
  constructor(last?: EventId) {
    this.#last = last === undefined ? 0 : numberOf(last);
  }

  /** The next id, at the time `now`; should the clock be set back, time stands still in ids. */
  next(now: number): EventId {
    return this.stamp(now).id;
  }

  /** As {@linkcode EventIds.next}, with the time that {@linkcode timeOf} finds in it. */
  stamp(now: number): { readonly id: EventId; readonly time: number } {
    this.#last = Math.max(this.#last + 1, now * PER_MS + 1);
    const high = Math.floor(this.#last / LOW);
    if (high !== this.#high) {
      this.#high = high;
      this.#highText = textOf(high).slice(LOW_DIGITS);
    }
    const low = textOf(this.#last - high * LOW).slice(-LOW_DIGITS);
    return { id: this.#highText + low, time: Math.floor(this.#last / PER_MS) };
  }
}
