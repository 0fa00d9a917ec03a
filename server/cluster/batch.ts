/**
 * Holds the changes of one entry of the log until the database of this server has them. They are
 * kept by history and by record, so that reads can be answered as if the database had them. Does
 * not know how events are read from the database.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { RecordTypes } from "../events/records.ts";
import type { HistoryKey } from "../store/store.ts";
import { recordMs } from "../store/waiting.ts";

/** The changes of one history in a batch. */
export interface HistoryChanges {
  /** The key of the history before the batch; `undefined` if it begins in the batch. */
  readonly before: HistoryKey | undefined;
  /** The replacements of events from before the batch, by id; `undefined` removes the event. */
  readonly replaced: Map<EventId, Event | undefined>;
  /** The events that the batch adds, in order, without those that it also removes. */
  readonly added: Event[];
  /** The id of the last event that the batch added. */
  lastId: EventId | undefined;
}

/**
 * A replacement of an event, linked to the replacement that was made next. A reader that holds a
 * replacement finds all later ones. Replacements that no reader can find any more take no memory.
 */
export interface Replacement {
  /** The id of the event. */
  readonly id: EventId;
  /** The event in its place; `undefined` if it was removed. */
  readonly event: Event | undefined;
  /** The next replacement. */
  next: Replacement | undefined;
}

/** Changed records by key; `undefined` means that a record was deleted. */
type Records = {
  readonly [Kind in keyof RecordTypes]: Map<string, RecordTypes[Kind] | undefined>;
};

/** The changes of one entry of the log. */
export class Batch {
  /** The last replacement before the batch. */
  readonly since: Replacement;
  readonly #histories = new Map<HistoryKey, HistoryChanges>();
  #records: Records | undefined;
  #lastId: EventId | undefined;
  #lastTime: number | undefined;
  #recordsMs = 0;

  /** Begins a batch; `since` is the last replacement before it. */
  constructor(since: Replacement) {
    this.since = since;
  }

  /** True if nothing has changed. */
  get isEmpty(): boolean {
    return this.#histories.size === 0 && this.#records === undefined;
  }

  /** The greatest id of the events that were added. */
  get lastId(): EventId | undefined {
    return this.#lastId;
  }

  /** The time of the event with this id. */
  get lastTime(): number | undefined {
    return this.#lastTime;
  }

  /** The approximate time that it takes to write the changed records, in milliseconds. */
  get recordsMs(): number {
    return this.#recordsMs;
  }

  /** The changed histories, by the keys that they have after the batch. */
  get histories(): ReadonlyMap<HistoryKey, HistoryChanges> {
    return this.#histories;
  }

  /** Adds an event to the history of `key`. */
  append(key: HistoryKey, event: Event): void {
    const changes = this.#changesOf(key);
    changes.added.push(event);
    changes.lastId = this.#lastId = event.id;
    this.#lastTime = event.time;
  }

  /** Replaces an event, or removes it if `event` is `undefined`. */
  replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    const { added, replaced } = this.#changesOf(key);
    const at = added.findIndex((each) => each.id === id);
    if (at < 0) noteReplaced(replaced, id, event);
    else added.splice(at, 1, ...event ? [event] : []);
  }

  /**
   * Moves the history of `from` to `to`, or sets it aside if `to` is `undefined`. The history that
   * `to` had is set aside, too.
   */
  move(from: HistoryKey, to: HistoryKey | undefined): void {
    if (from === to) return;
    const moved = this.#changesOf(from);
    this.#histories.set(from, noChanges(undefined));
    if (to !== undefined) this.#histories.set(to, moved);
  }

  /** Saves a record, or deletes the one with this key if `record` is `undefined`. */
  keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    const records = (this.#records ??= noRecords())[kind];
    if (!records.has(key)) this.#recordsMs += recordMs(record);
    records.set(key, record);
  }

  /** Returns the changed records of a kind. */
  records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): ReadonlyMap<string, RecordTypes[Kind] | undefined> | undefined {
    return this.#records?.[kind];
  }

  #changesOf(key: HistoryKey): HistoryChanges {
    const known = this.#histories.get(key);
    if (known) return known;
    const changes = noChanges(key);
    this.#histories.set(key, changes);
    return changes;
  }
}

/** Notes the replacement of an event. An event that was removed stays removed. */
export function noteReplaced(
  replaced: Map<EventId, Event | undefined>,
  id: EventId,
  event: Event | undefined,
): void {
  const isRemoved = replaced.has(id) && replaced.get(id) === undefined;
  if (!isRemoved) replaced.set(id, event);
}

function noChanges(before: HistoryKey | undefined): HistoryChanges {
  return { before, replaced: new Map(), added: [], lastId: undefined };
}

function noRecords(): Records {
  return {
    account: new Map(),
    ban: new Map(),
    channel: new Map(),
    clock: new Map(),
    marker: new Map(),
    operator: new Map(),
    position: new Map(),
    presence: new Map(),
    push: new Map(),
    request: new Map(),
    secret: new Map(),
    seen: new Map(),
    token: new Map(),
    upload: new Map(),
    waiting: new Map(),
  };
}
