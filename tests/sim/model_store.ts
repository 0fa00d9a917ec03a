/**
 * A store in memory, and a model of the disk under it. A change is on the disk after a commit. A
 * store that is opened on the same disk continues with the changes that were committed.
 *
 * @module
 */

import type { Event } from "../../server/events/events.ts";
import type { EventId } from "../../server/events/ids.ts";
import type { RecordTypes } from "../../server/events/records.ts";
import {
  type End,
  type EventFilter,
  EVERYTHING,
  type HistoryKey,
  type Range,
  type SearchResult,
  type Store,
} from "../../server/store/store.ts";
import { firstIn } from "../support/stored.ts";

/** A change of a store. It can be made again, in a store that is opened later. */
export type StoreChange = (
  store: Pick<Store, "append" | "replace" | "move" | "keep">,
) => void;

/** The disk of a store: its committed changes, in order. */
export interface Disk {
  changes: StoreChange[];
}

type Records = { readonly [Kind in keyof RecordTypes]: Map<string, RecordTypes[Kind]> };

/** A store in memory. */
export class ModelStore implements Store {
  readonly trouble = undefined;
  readonly firstId = undefined;
  readonly recordsMs = 0;
  readonly #disk: Disk;
  readonly #histories = new Map<HistoryKey, Event[]>();
  readonly #records: Records = {
    account: new Map(),
    ban: new Map(),
    channel: new Map(),
    clock: new Map(),
    waiting: new Map(),
    marker: new Map(),
    operator: new Map(),
    position: new Map(),
    push: new Map(),
    request: new Map(),
    secret: new Map(),
    token: new Map(),
    presence: new Map(),
    upload: new Map(),
    seen: new Map(),
  };
  #lastId: EventId | undefined;
  #lastTime: number | undefined;
  #uncommitted: StoreChange[] = [];

  /** Opens the store on `disk`. */
  constructor(disk: Disk) {
    this.#disk = disk;
    for (const change of disk.changes) change(this);
    this.#uncommitted = [];
  }

  get lastId(): EventId | undefined {
    return this.#lastId;
  }

  get lastTime(): number | undefined {
    return this.#lastTime;
  }

  append(key: HistoryKey, event: Event): void {
    this.#uncommitted.push((store) => store.append(key, event));
    const history = this.#histories.get(key);
    if (history) history.push(event);
    else this.#histories.set(key, [event]);
    this.#lastId = event.id;
    this.#lastTime = event.time;
  }

  replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    this.#uncommitted.push((store) => store.replace(key, id, event));
    const history = this.#histories.get(key) ?? [];
    const at = history.findIndex((each) => each.id === id);
    if (at >= 0) history.splice(at, 1, ...event ? [event] : []);
  }

  move(from: HistoryKey, to: HistoryKey | undefined): void {
    if (from === to) return;
    this.#uncommitted.push((store) => store.move(from, to));
    const history = this.#histories.get(from);
    this.#histories.delete(from);
    if (to !== undefined) this.#histories.delete(to);
    if (to !== undefined && history) this.#histories.set(to, history);
  }

  keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    this.#uncommitted.push((store) => store.keep(kind, key, record));
    if (record === undefined) this.#records[kind].delete(key);
    else this.#records[kind].set(key, record);
  }

  commit(): void {
    this.#disk.changes.push(...this.#uncommitted);
    this.#uncommitted = [];
  }

  find(key: HistoryKey, id: EventId): Event | undefined {
    return this.#histories.get(key)?.find((event) => event.id === id);
  }

  *pages(key: HistoryKey, range: Range, _from: End, wanted: EventFilter): Iterable<Event[]> {
    yield this.#range(key, range, wanted);
  }

  #range(key: HistoryKey, { after = "", before }: Range, wanted: EventFilter): Event[] {
    return (this.#histories.get(key) ?? []).filter((event) =>
      event.id > after && (before === undefined || event.id < before) && wanted.accepts(event)
    );
  }

  historyKeysOf(): HistoryKey[] {
    return [];
  }

  *searchInSteps(): Generator<void, SearchResult, void> {
    yield;
    return { found: [] };
  }

  records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [string, RecordTypes[Kind]]> {
    return this.#records[kind];
  }

  retain(): void {}

  size(): undefined {
    return undefined;
  }

  tidy(): void {}

  close(): void {
    this.commit();
  }

  /** The changes that are not committed, in order. */
  get uncommitted(): readonly StoreChange[] {
    return this.#uncommitted;
  }

  /** The keys of all histories that were ever written to. */
  get keys(): HistoryKey[] {
    return [...this.#histories.keys()];
  }
}

/** The kinds of records that events change. */
const KINDS = [
  ...["account", "ban", "channel", "waiting", "marker", "operator", "request", "token"] as const,
  "presence",
] as const;

/**
 * Returns the contents of a store as text: the histories of these keys, and the records. If
 * `isSorted`, the fields of an object are in order, so that different stores return the same text.
 */
export function contentsOf(store: Store, keys: readonly HistoryKey[], isSorted: boolean): string {
  const histories = keys.toSorted().flatMap((key) => {
    const events = firstIn(store, key, {}, Infinity, EVERYTHING);
    return events.length === 0 ? [] : [[key, events]];
  });
  const records = KINDS.map((kind) => [...store.records(kind)].toSorted(byKey));
  return JSON.stringify([histories, records], isSorted ? inOrder : undefined);
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** Puts the fields of an object in order, and makes a list of a map. */
function inOrder(_key: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(byKey));
}
