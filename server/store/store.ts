/**
 * What the server asks of wherever it keeps things: history, by place and in order, and records, by
 * kind and key. It knows nothing of channels, accounts or clients, so that another store can take
 * the place of this one; `tests/store_test.ts` is what any of them must pass.
 *
 * @module
 */

import type { Event } from "../events.ts";
import type { EventId } from "../ids.ts";
import type { Records } from "./records.ts";

/**
 * Where something was said: a channel's folded name, or the identities of two people, in
 * alphabetical order, with a space between.
 */
export type Place = string;

/** A stretch of history, without its ends; where one is missing, it goes on to the very end. */
export interface Range {
  /** Only what came after this. */
  readonly after?: EventId | undefined;
  /** Only what came before this. */
  readonly before?: EventId | undefined;
}

/** What to look for, all of it at once. */
export interface Search extends Range {
  /** The places to look in, and after which id in each. */
  readonly places: readonly SearchPlace[];
  /** Words that a message has to have, as people type them; may be empty. */
  readonly words: string;
  /** The folded nick of who said it. */
  readonly nick?: string | undefined;
  /** At most so many. */
  readonly limit: number;
  /** Which of them, if there are more: the first or the last ones. */
  readonly from: "first" | "last";
}

/** A place to look in. */
export interface SearchPlace {
  /** Which. */
  readonly place: Place;
  /** Only what came after this; undefined: everything. */
  readonly since?: EventId | undefined;
}

/** A message that was looked for. */
export interface Found {
  /** Where it was said. */
  readonly place: Place;
  /** The message. */
  readonly event: Event;
}

/**
 * A store. Nothing here waits. What is given to it is kept together with all else of the same turn,
 * by {@linkcode Store.commit}. Reading history commits first, and so finds all that was given.
 */
export interface Store {
  /** Why nothing can be kept right now, for people; `undefined` as long as all is well. */
  readonly trouble: string | undefined;
  /** The greatest id that it holds. */
  readonly lastId: EventId | undefined;

  /** Adds to the history of `place`. Ids never descend. */
  append(place: Place, event: Event): void;
  /** Puts another event in the place of the one with that id, or takes that one out. */
  replace(place: Place, id: EventId, event: Event | undefined): void;
  /**
   * From now on, the history of `from` is that of `to`, and what `to` had before is set aside: it is
   * still exported, but nobody comes upon it. Without `to`, that of `from` is.
   */
  move(from: Place, to: Place | undefined): void;
  /** Keeps a record, as JSON; `undefined` forgets it. */
  keep<Kind extends keyof Records>(
    kind: Kind,
    key: string,
    record: Records[Kind] | undefined,
  ): void;

  /**
   * Keeps all that was given since the last time, or nothing of it: then {@linkcode Store.trouble}
   * says why, and {@linkcode Store.tidy} tries it again.
   */
  commit(): void;

  /** The event with that id. */
  find(place: Place, id: EventId): Event | undefined;
  /** The first events of a stretch of history that are `wanted`, in order. */
  first(place: Place, range: Range, limit: number, wanted: Wanted): Event[];
  /** As {@linkcode Store.first}, but the last ones; in order, too. */
  last(place: Place, range: Range, limit: number, wanted: Wanted): Event[];
  /** So many places at most where `identity` is one of two people; those with the latest first. */
  placesOf(identity: string, limit: number): Place[];
  /** What is found, in order; of what was said a moment ago, some may be missing. */
  search(search: Search): Found[];
  /**
   * All records of a kind.
   *
   * @throws {UserError} if they cannot be read.
   */
  records<Kind extends keyof Records>(
    kind: Kind,
  ): Iterable<readonly [key: string, record: Records[Kind]]>;

  /** How large it is; undefined where it cannot be asked. */
  size(): StoreSize | undefined;

  /**
   * Spends a few milliseconds on what can be put off. While there is trouble, sees now and then whether
   * it is over, and keeps what waits. Called ten times a second, with the time.
   */
  tidy(now: number): void;
  /** Keeps what is left, and ends. */
  close(): void;
}

/** How large a store is. */
export interface StoreSize {
  /** Bytes of the database. */
  readonly bytes: number;
  /** Blocks of events whose words cannot be found yet. */
  readonly unindexed: number;
}

/** Which events are asked for. */
export interface Wanted {
  /** Only what was said: it is found at once, however many come and go without a word. */
  readonly talkOnly: boolean;
  /** Whether this one is asked for. */
  accepts(event: Event): boolean;
}

/** Everything that happened. */
export const EVERYTHING: Wanted = { talkOnly: false, accepts: () => true };

/** Whether something was said, rather than done or only shown by tags. */
export function isTalk(event: Event): boolean {
  return event.type === "Said" && event.command !== "TAGMSG";
}

/** What was said. */
export const TALK: Wanted = { talkOnly: true, accepts: isTalk };

/** The place where two people talk; the same for both. */
export function placeOfTwo(one: string, other: string): Place {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
