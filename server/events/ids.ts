/**
 * Ids of events. Sorted as texts, they have the order of the events; ids of a later run of the
 * server are greater than those of all earlier runs. An id contains a time, so a time can be
 * converted to a position among the ids. The time in an id is that of the event, or later: after
 * the clock was set back, the times in new ids stay ahead of the clock until it has caught up.
 *
 * @module
 */

/** The id of an event: 11 digits and lower-case letters. Clients get it as `msgid`. */
export type EventId = string;

/**
 * The number of ids in each millisecond. If more events happen, they get ids of the next
 * millisecond.
 */
const PER_MS = 1024;
const RADIX = 36;
const LENGTH = 11;
/**
 * The first id of the last millisecond that ids can express, in the year 6043. All later times get
 * this id, too.
 */
const GREATEST = RADIX ** LENGTH - PER_MS;

/**
 * The id of an event that is not in the log. Such an event is made for clients that lack a
 * capability, in place of the original event. This id is not sent as `msgid`, because an id that
 * CHATHISTORY cannot find is of no use to a client.
 */
export const NO_ID: EventId = "";

/** An id that is greater than that of any event. */
export const LAST_ID: EventId = "z".repeat(LENGTH);

/** Returns true if `text` has the form of an id. */
export function isEventId(text: string): boolean {
  return /^[0-9a-z]{11}$/.test(text);
}

/**
 * Returns the first id of the millisecond `time` since 1970-01-01 UTC; no event gets this id. An
 * event with a lower id is earlier than `time`. An event with a greater id may also be earlier,
 * because ids can run ahead of the clock.
 */
export function idAt(time: number): EventId {
  return textOf(Math.min(Math.max(0, Math.floor(time)) * PER_MS, GREATEST));
}

/**
 * Returns the time in this id, in milliseconds since 1970-01-01 UTC. This is the time of the event,
 * or a later time if ids had run ahead of the clock.
 */
export function timeOf(id: EventId): number {
  return Math.floor(numberOf(id) / PER_MS);
}

/**
 * The start of an account or a channel. History may also contain events of an earlier account or
 * channel of the same name.
 */
export interface Begun {
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /**
   * An id before its events; absent in records of earlier versions. For an account, it is lower
   * than the ids of all its events. For a channel, it is the id of the event that created it.
   */
  readonly startId?: EventId | undefined;
}

/**
 * Returns an id before the events of an account or a channel: its start id. A record of an earlier
 * version has no start id: the id is then made from the time of creation. That is less exact: while
 * ids run ahead of the clock, events of an earlier account or channel of that name may have greater
 * ids.
 */
export function startOf({ createdAt, startId }: Begun): EventId {
  return startId ?? idAt(createdAt);
}

/** Returns an id as an integer; integers have the order of their ids. */
export function numberOf(id: EventId): number {
  return Number.parseInt(id, RADIX);
}

/** Returns the id for an integer from {@linkcode numberOf}. */
export function textOf(number: number): EventId {
  return number.toString(RADIX).padStart(LENGTH, "0");
}

/** The number of digits at the end of an id that change often; the others mostly stay the same. */
const LOW_DIGITS = 3;
const LOW = RADIX ** LOW_DIGITS;

/** A generator of ids. Each id is greater than all earlier ones. */
export class EventIds {
  #last: number;
  /**
   * The last id without its low digits, as a number and as text; the text is cached because
   * formatting it takes long.
   */
  #high = -1;
  #highText = "";

  /** Generates ids after `last`, the greatest id so far. */
  constructor(last?: EventId) {
    this.#last = last === undefined ? 0 : numberOf(last);
  }

  /**
   * Returns the next id, at the time `now` in milliseconds since 1970-01-01 UTC. After the clock
   * was set back, ids go on from the last one until the clock has caught up.
   */
  next(now: number): EventId {
    this.#last = Math.max(this.#last + 1, now * PER_MS + 1);
    const high = Math.floor(this.#last / LOW);
    if (high !== this.#high) {
      this.#high = high;
      this.#highText = textOf(high).slice(LOW_DIGITS);
    }
    const low = textOf(this.#last - high * LOW).slice(-LOW_DIGITS);
    return this.#highText + low;
  }
}
