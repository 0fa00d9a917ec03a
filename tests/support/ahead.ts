import { AheadStore } from "../../server/cluster/ahead_store.ts";
import type { Event } from "../../server/events/events.ts";
import type { EventId } from "../../server/events/ids.ts";
import type { RecordTypes } from "../../server/events/records.ts";
import type { HistoryKey, Search, SearchResult, Store } from "../../server/store/store.ts";
import { Random } from "./random.ts";

type Change = (store: Store) => void;

/**
 * A store that is ahead of another one, and a log of its changes. Each commit seals a batch. The
 * other store gets the oldest batch when {@linkcode LoggedStore.settleNext} is called.
 */
export class LoggedStore extends AheadStore {
  protected readonly base: Store;
  #present: Change[] = [];
  readonly #log: Change[][] = [];

  constructor(base: Store) {
    super(base);
    this.base = base;
  }

  /** Makes the changes of the oldest sealed batch in the base; returns false if there is none. */
  settleNext(): boolean {
    const changes = this.#log.shift();
    if (!changes) return false;
    for (const change of changes) change(this.base);
    this.base.commit();
    this.settle();
    return true;
  }

  override seal(): void {
    super.seal();
    this.#log.push(this.#present);
    this.#present = [];
  }

  override append(key: HistoryKey, event: Event): void {
    super.append(key, event);
    this.#present.push((store) => store.append(key, event));
  }

  override replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    super.replace(key, id, event);
    this.#present.push((store) => store.replace(key, id, event));
  }

  override move(from: HistoryKey, to: HistoryKey | undefined): void {
    super.move(from, to);
    this.#present.push((store) => store.move(from, to));
  }

  override keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    super.keep(kind, key, record);
    this.#present.push((store) => store.keep(kind, key, record));
  }

  override commit(): void {
    this.seal();
  }

  /** Closes the base, too. */
  override close(): void {
    this.base.close();
  }
}

/**
 * A {@linkcode LoggedStore} whose searches find everything, because the base gets all changes
 * before each search.
 */
export class SearchedStore extends LoggedStore {
  override searchInSteps(search: Search): Generator<void, SearchResult, void> {
    this.seal();
    while (this.settleNext());
    return super.searchInSteps(search);
  }
}

/** A {@linkcode SearchedStore} that settles batches at random moments. */
export class HalfSettledStore extends SearchedStore {
  readonly #random = new Random(1);

  override append(key: HistoryKey, event: Event): void {
    super.append(key, event);
    this.#goOn();
  }

  override replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    super.replace(key, id, event);
    this.#goOn();
  }

  override move(from: HistoryKey, to: HistoryKey | undefined): void {
    super.move(from, to);
    this.#goOn();
  }

  override keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    super.keep(kind, key, record);
    this.#goOn();
  }

  #goOn(): void {
    if (this.#random.below(2) === 0) this.seal();
    for (let left = this.#random.below(4); left > 1; left--) this.settleNext();
  }
}
