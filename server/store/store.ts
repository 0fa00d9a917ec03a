/**
 * Defines the store that the server needs: histories of events, by key and in order; and records,
 * by kind and key. The store does not know channels, accounts or clients, so that another
 * implementation can replace this one. Each implementation must pass `tests/server/store/test.ts`.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { RecordTypes } from "../events/records.ts";

/**
 * The key of a history. The key of a channel is its folded name. The key of the messages to a rank
 * of a channel is the prefix of the rank and the folded name. The key of two users is their
 * identities in alphabetical order, separated by a space.
 */
export type HistoryKey = string;

/**
 * A range of a history, without the events at its ends. If an end is absent, the range has no limit
 * there.
 */
export interface Range {
  /** The id that all events come after. */
  readonly after?: EventId | undefined;
  /** The id that all events come before. */
  readonly before?: EventId | undefined;
}

/** The end of a range to read from. */
export type End = "first" | "last";

/** The conditions of a search, all of which a message must meet. */
export interface Search extends Range {
  /** The histories to search, and the range in each. */
  readonly scopes: readonly SearchScope[];
  /** Words that the message must contain, as users type them; may be empty. */
  readonly words: string;
  /** The folded nick of the author. */
  readonly nick?: string | undefined;
  /** The largest number of messages. */
  readonly limit: number;
  /** The end that messages are taken from if there are more than `limit`. */
  readonly from: End;
}

/** A history to search. */
export interface SearchScope {
  /** The key of the history. */
  readonly key: HistoryKey;
  /** The id that messages must come after; `undefined` if there is no limit. */
  readonly since?: EventId | undefined;
}

/** The result of a search. */
export interface SearchResult {
  /** The matching messages, in order. */
  readonly found: readonly Found[];
  /**
   * The id at which the search stopped before it had read all messages. Absent if it found enough
   * messages, or read all of them.
   */
  readonly cut?: EventId | undefined;
}

/** A message that was found. */
export interface Found {
  /** The key of its history. */
  readonly key: HistoryKey;
  /** The message. */
  readonly event: Event;
}

/**
 * A store. No method waits. Changes of one turn are saved together, by {@linkcode Store.commit}. A
 * method that reads history or records first commits the changes that it could return.
 */
export interface Store {
  /**
   * The reason why nothing can be saved now, as human-readable text; `undefined` if there is none.
   */
  readonly trouble: string | undefined;
  /**
   * The approximate time that the next commit needs for the records that were changed since the
   * last one, in milliseconds.
   */
  readonly recordsMs: number;
  /** The greatest id of an event in the store. */
  readonly lastId: EventId | undefined;
  /**
   * The time of the last event; `undefined` if there is none. The time in {@linkcode lastId} may be
   * later, because ids can run ahead of the clock.
   */
  readonly lastTime: number | undefined;
  /**
   * An id before which the store has no event, because older ones were deleted; `undefined` if that
   * is not known.
   */
  readonly firstId: EventId | undefined;

  /** Adds an event to the history of `key`. Ids must never descend. */
  append(key: HistoryKey, event: Event): void;
  /** Replaces the event with this id, or removes it if `event` is `undefined`. */
  replace(key: HistoryKey, id: EventId, event: Event | undefined): void;
  /**
   * Moves the history of `from` to `to`. Sets aside the history that `to` had before: it is still
   * exported, but can no longer be read. Without `to`, sets aside the history of `from`.
   */
  move(from: HistoryKey, to: HistoryKey | undefined): void;
  /** Saves a record as JSON, or deletes it if it is `undefined`. */
  keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void;

  /**
   * Saves all changes since the last commit. If the store cannot save them, saves none; then
   * {@linkcode Store.trouble} has the reason, and {@linkcode Store.tidy} tries again.
   */
  commit(): void;

  /** Returns the event with this id in the history of `key`; `undefined` if there is none. */
  find(key: HistoryKey, id: EventId): Event | undefined;
  /**
   * Yields the events of a range that `wanted` accepts, in pages of limited size, beginning with
   * the first or the last page. The events of each page are in order, and a page may be empty.
   * Other work may be done between two pages.
   */
  pages(key: HistoryKey, range: Range, from: End, wanted: EventFilter): Iterable<Event[]>;
  /**
   * Returns the keys of at most `limit` conversations of `identity` with other users. Those with
   * the latest events come first.
   */
  historyKeysOf(identity: string, limit: number): HistoryKey[];
  /**
   * Searches in steps of limited size, and looks at a limited number of messages. Returns the
   * messages that match, in order; the latest may be missing if they are not indexed yet.
   */
  searchInSteps(search: Search): Generator<void, SearchResult, void>;
  /**
   * Returns all records of a kind, each with its key.
   *
   * @throws {UserError} if they cannot be read.
   */
  records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [key: string, record: RecordTypes[Kind]]>;

  /** Sets the limits beyond which history is deleted from now on, a little at a time. */
  retain(limits: RetentionLimits): void;
  /** Returns the size of the store; `undefined` if it cannot be determined. */
  size(): StoreSize | undefined;

  /**
   * Spends a few milliseconds on work that can wait. While there is trouble, checks from time to
   * time whether it is over; then saves the waiting changes. Must be called ten times a second,
   * with the present time.
   */
  tidy(now: number): void;
  /** Saves the waiting changes, and closes the store. */
  close(): void;
}

/** The limits on stored history; an absent one is no limit. */
export interface RetentionLimits {
  /** The largest age of an event, in milliseconds. */
  readonly keepMs?: number | undefined;
  /** The largest size of the database, in bytes, approximately. */
  readonly keepBytes?: number | undefined;
}

/** The size of a store. */
export interface StoreSize {
  /** The number of bytes of the database. */
  readonly bytes: number;
  /** The number of blocks of events that are not yet indexed for search. */
  readonly unindexed: number;
}

/** A filter for events. */
export interface EventFilter {
  /**
   * A group that contains all events that pass: `talk` (PRIVMSG and NOTICE), `said` (TAGMSG as
   * well), or all events. Blocks without an event of this group need not be read.
   */
  readonly within: "talk" | "said" | "all";
  /** Returns true if the event passes. */
  accepts(event: Event): boolean;
}

/** The filter that all events pass. */
export const EVERYTHING: EventFilter = { within: "all", accepts: () => true };

/** Returns true for a PRIVMSG or a NOTICE, false for a TAGMSG and all other events. */
export function isTalk(event: Event): boolean {
  return event.type === "Said" && event.command !== "TAGMSG";
}

/** The filter that PRIVMSG and NOTICE pass. */
export const TALK: EventFilter = { within: "talk", accepts: isTalk };

/** The filter that messages with and without text pass. */
export const SAID: EventFilter = { within: "said", accepts: ({ type }) => type === "Said" };

/** Returns the key of the conversation of two users, given by their identities in any order. */
export function historyKeyOfTwo(one: string, other: string): HistoryKey {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
