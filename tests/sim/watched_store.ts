/**
 * A store, and a model with the same changes. The model says what the store must have after a kill:
 * all committed changes, and perhaps some of the others, in their order.
 *
 * @module
 */

import type { Event } from "../../server/events/events.ts";
import type { EventId } from "../../server/events/ids.ts";
import type { RecordTypes } from "../../server/events/records.ts";
import type {
  End,
  EventFilter,
  HistoryKey,
  Range,
  RetentionLimits,
  Search,
  SearchResult,
  Store,
  StoreSize,
} from "../../server/store/store.ts";
import { contentsOf, type Disk, ModelStore, type StoreChange } from "./model_store.ts";

/** The changes that a store may have after a kill. */
export class Expected {
  readonly #keys: readonly HistoryKey[];
  readonly #committed: readonly StoreChange[];
  readonly #uncommitted: readonly StoreChange[];

  constructor(
    keys: readonly HistoryKey[],
    committed: readonly StoreChange[],
    uncommitted: readonly StoreChange[],
  ) {
    this.#keys = keys;
    this.#committed = committed;
    this.#uncommitted = uncommitted;
  }

  /**
   * Returns the disk of a model of `store`, which was opened after the kill; `undefined` if the
   * store has contents that it must not have.
   */
  in(store: Store): Disk | undefined {
    const found = contentsOf(store, this.#keys, true);
    for (let count = 0; count <= this.#uncommitted.length; count++) {
      const disk = { changes: [...this.#committed, ...this.#uncommitted.slice(0, count)] };
      if (contentsOf(new ModelStore(disk), this.#keys, true) === found) return disk;
    }
    return undefined;
  }
}

/** A store that also makes each of its changes in a model. */
export class WatchedStore implements Store {
  readonly #store: Store;
  readonly #model: ModelStore;
  readonly #disk: Disk;

  /** Watches `store`, which has what `disk` has. */
  constructor(store: Store, disk: Disk) {
    this.#store = store;
    this.#disk = { changes: [...disk.changes] };
    this.#model = new ModelStore(this.#disk);
  }

  /** Returns the contents that the store may have if the process is killed now. */
  expect(): Expected {
    const { keys, uncommitted } = this.#model;
    return new Expected(keys, [...this.#disk.changes], [...uncommitted]);
  }

  /** The contents of the store, as text. */
  get contents(): string {
    return contentsOf(this.#store, this.#model.keys, false);
  }

  get trouble(): string | undefined {
    return this.#store.trouble;
  }

  get recordsMs(): number {
    return this.#store.recordsMs;
  }

  get lastId(): EventId | undefined {
    return this.#store.lastId;
  }

  get lastTime(): number | undefined {
    return this.#store.lastTime;
  }

  get firstId(): EventId | undefined {
    return this.#store.firstId;
  }

  append(key: HistoryKey, event: Event): void {
    this.#model.append(key, event);
    this.#store.append(key, event);
  }

  replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    this.#model.replace(key, id, event);
    this.#store.replace(key, id, event);
  }

  move(from: HistoryKey, to: HistoryKey | undefined): void {
    this.#model.move(from, to);
    this.#store.move(from, to);
  }

  keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    this.#model.keep(kind, key, record);
    this.#store.keep(kind, key, record);
  }

  commit(): void {
    this.#store.commit();
    this.#model.commit();
  }

  find(key: HistoryKey, id: EventId): Event | undefined {
    return this.#store.find(key, id);
  }

  pages(key: HistoryKey, range: Range, from: End, wanted: EventFilter): Iterable<Event[]> {
    return this.#store.pages(key, range, from, wanted);
  }

  historyKeysOf(identity: string, limit: number): HistoryKey[] {
    return this.#store.historyKeysOf(identity, limit);
  }

  searchInSteps(search: Search): Generator<void, SearchResult, void> {
    return this.#store.searchInSteps(search);
  }

  records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [string, RecordTypes[Kind]]> {
    return this.#store.records(kind);
  }

  retain(limits: RetentionLimits): void {
    this.#store.retain(limits);
  }

  size(): StoreSize | undefined {
    return this.#store.size();
  }

  tidy(now: number): void {
    this.#store.tidy(now);
  }

  close(): void {
    this.#store.close();
  }
}
