/**
 * The store of a server that decides. It holds in memory what the log of the cluster has not
 * acknowledged yet, and answers as if that were stored. The server's own store, the base, gets
 * these changes when the server applies the acknowledged entry. Only records that belong to one
 * server are written to the base from here.
 *
 * Changes are collected in batches, one for each entry of the log. A read looks through the batches
 * and then reads from the base. Usually, there are only one or two batches with a few changes, so
 * they have no index.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { RecordTypes } from "../events/records.ts";
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
} from "../store/store.ts";
import { Batch, noteReplaced, type Replacement } from "./batch.ts";

/**
 * For each kind of record, true if events change it. Records of the other kinds belong to one
 * server, and go to its own store at once.
 */
const IS_LOGGED: { readonly [Kind in keyof RecordTypes]: boolean } = {
  account: true,
  ban: true,
  channel: true,
  clock: false,
  marker: true,
  operator: true,
  position: false,
  presence: true,
  push: true,
  request: true,
  secret: false,
  seen: false,
  token: true,
  upload: true,
  waiting: true,
};

/** The largest number of events in a page from memory. */
const PAGE_LIMIT = 100;

/**
 * For each replaced event, by its id: the event in its place, or `undefined` if it was removed.
 */
type Replaced = ReadonlyMap<EventId, Event | undefined>;

/** A history, as it is after all batches. */
interface History {
  /** Its key in the base; `undefined` if the base does not have it. */
  readonly key: HistoryKey | undefined;
  /**
   * The replacements of each batch, the oldest first; batches without replacements are left out.
   */
  readonly replaced: readonly Replaced[];
  /** The events that are only in memory, in order. */
  readonly added: readonly Event[];
}

/** A store that is ahead of its base. */
export class AheadStore implements Store {
  readonly #base: Store;
  /** The last replacement of an event. */
  #replaced: Replacement = { id: "", event: undefined, next: undefined };
  /** The sealed batches, the oldest first. */
  readonly #sealed: Batch[] = [];
  /** The batch that gets the next changes. */
  #present = new Batch(this.#replaced);

  /** Begins with what `base` has. */
  constructor(base: Store) {
    this.#base = base;
  }

  /** Ends the present batch, which goes to the log now. */
  seal(): void {
    this.#sealed.push(this.#present);
    this.#present = new Batch(this.#replaced);
  }

  /** Forgets the oldest sealed batch, because the base has just got its changes. */
  settle(): void {
    if (!this.#sealed.shift()) throw new Error("no batch waits for the log");
  }

  get trouble(): string | undefined {
    return this.#base.trouble;
  }

  get recordsMs(): number {
    return this.#base.recordsMs + this.#present.recordsMs;
  }

  get lastId(): EventId | undefined {
    for (const { lastId } of this.#latestFirst()) if (lastId !== undefined) return lastId;
    return this.#base.lastId;
  }

  get lastTime(): number | undefined {
    for (const { lastTime } of this.#latestFirst()) if (lastTime !== undefined) return lastTime;
    return this.#base.lastTime;
  }

  get firstId(): EventId | undefined {
    return this.#base.firstId;
  }

  append(key: HistoryKey, event: Event): void {
    this.#present.append(key, event);
  }

  replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    this.#present.replace(key, id, event);
    this.#replaced = this.#replaced.next = { id, event, next: undefined };
  }

  move(from: HistoryKey, to: HistoryKey | undefined): void {
    this.#present.move(from, to);
  }

  keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    if (IS_LOGGED[kind]) this.#present.keep(kind, key, record);
    else this.#base.keep(kind, key, record);
  }

  /** Does nothing: the changes are saved by the log, and the base is committed by its owner. */
  commit(): void {}

  find(key: HistoryKey, id: EventId): Event | undefined {
    if (!this.#isAhead) return this.#base.find(key, id);
    const history = this.#history(key);
    const added = history.added.find((event) => event.id === id);
    if (added || history.key === undefined) return added;
    const found = this.#base.find(history.key, id);
    return found && afterAll(history.replaced, found);
  }

  *pages(key: HistoryKey, range: Range, from: End, wanted: EventFilter): Iterable<Event[]> {
    const { key: baseKey, replaced, added } = this.#history(key);
    const since = this.#replaced;
    const ahead = pagesOf(added.filter((event) => isIn(range, event) && wanted.accepts(event)));
    // While its pages are read, the base may get the events that are in memory now. Its pages end
    // before these events, so that none is yielded twice.
    const before = lower(range.before, added[0]?.id);
    const filter = filterAfter(replaced, wanted);
    const pages = baseKey === undefined
      ? []
      : this.#base.pages(baseKey, { after: range.after, before }, from, filter);
    const reading = pages[Symbol.iterator]();
    // The key of the history may change later. So the first page is read at once: this is when the
    // base looks up the history.
    let next = reading.next();
    if (from === "last") yield* pagesNow(ahead.toReversed(), since, wanted);
    for (; !next.done; next = reading.next()) {
      yield asNow(afterAllOf(replaced, next.value), since, wanted);
    }
    if (from === "first") yield* pagesNow(ahead, since, wanted);
  }

  historyKeysOf(identity: string, limit: number): HistoryKey[] {
    if (!this.#isAhead) return this.#base.historyKeysOf(identity, limit);
    // Private conversations are never moved, so their keys are the same in all batches. Their last
    // events in memory are later than all events in the base.
    const latest = new Map<HistoryKey, EventId>();
    for (const { histories } of this.#latestFirst()) {
      for (const [key, { lastId }] of histories) {
        if (lastId === undefined || latest.has(key) || !isConversationOf(identity, key)) continue;
        latest.set(key, lastId);
      }
    }
    const ahead = [...latest].toSorted(([, one], [, other]) => one < other ? 1 : -1);
    const others = this.#base.historyKeysOf(identity, limit).filter((key) => !latest.has(key));
    return [...ahead.map(([key]) => key), ...others].slice(0, limit);
  }

  /** Searches only the base: events in memory are not indexed yet. */
  *searchInSteps(search: Search): Generator<void, SearchResult, void> {
    const { scopes, limit, from } = search;
    const names = new Map<HistoryKey, HistoryKey>();
    const inBase = scopes.flatMap(({ key, since }) => {
      const { key: baseKey } = this.#history(key);
      if (baseKey === undefined) return [];
      names.set(baseKey, key);
      return [{ key: baseKey, since }];
    });
    const { since } = this.#sealed[0] ?? this.#present;
    const most = limit + replacedAfter(since).size;
    const result = yield* this.#base.searchInSteps({ ...search, scopes: inBase, limit: most });
    // Replaced messages are left out: once the base has the replacement, it does not find them
    // either.
    const replaced = replacedAfter(since);
    const left = result.found.filter(({ event }) => !replaced.has(event.id))
      .map(({ key, event }) => ({ key: names.get(key) ?? key, event }));
    const found = from === "first" ? left.slice(0, limit) : left.slice(-limit);
    return { found, cut: found.length < limit ? result.cut : undefined };
  }

  records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [string, RecordTypes[Kind]]> {
    const changed = [...this.#sealed, this.#present].flatMap((batch) => [
      ...batch.records(kind) ?? [],
    ]);
    if (changed.length === 0) return this.#base.records(kind);
    const records = new Map<string, RecordTypes[Kind]>(this.#base.records(kind));
    for (const [key, record] of changed) {
      if (record === undefined) records.delete(key);
      else records.set(key, record);
    }
    return [...records].toSorted(([one], [other]) => one < other ? -1 : 1);
  }

  retain(limits: RetentionLimits): void {
    this.#base.retain(limits);
  }

  size(): StoreSize | undefined {
    return this.#base.size();
  }

  /** Does nothing: the owner of the base tidies it. */
  tidy(): void {}

  /** Does nothing: the owner of the base closes it. */
  close(): void {}

  get #isAhead(): boolean {
    return this.#sealed.length > 0 || !this.#present.isEmpty;
  }

  *#latestFirst(): Iterable<Batch> {
    yield this.#present;
    for (let at = this.#sealed.length - 1; at >= 0; at--) {
      const batch = this.#sealed[at];
      if (batch) yield batch;
    }
  }

  /** Returns the history that has this key after all batches. */
  #history(key: HistoryKey): History {
    const replaced: Replaced[] = [];
    const added: Event[][] = [];
    let before: HistoryKey | undefined = key;
    for (const { histories } of this.#latestFirst()) {
      const changes = histories.get(before);
      if (!changes) continue;
      added.push(afterAllOf(replaced, changes.added));
      if (changes.replaced.size > 0) replaced.unshift(changes.replaced);
      before = changes.before;
      if (before === undefined) break;
    }
    return { key: before, replaced, added: added.reverse().flat() };
  }
}

/** Returns an event as it is after these replacements; `undefined` if it is removed. */
function afterAll(replaced: readonly Replaced[], event: Event): Event | undefined {
  let present: Event | undefined = event;
  for (const each of replaced) {
    if (present && each.has(present.id)) present = each.get(present.id);
  }
  return present;
}

function afterAllOf(replaced: readonly Replaced[], events: Event[]): Event[] {
  return replaced.length === 0
    ? events
    : events.flatMap((event) => afterAll(replaced, event) ?? []);
}

/** Returns a filter that accepts an event if `wanted` accepts the event after its replacements. */
function filterAfter(replaced: readonly Replaced[], wanted: EventFilter): EventFilter {
  if (replaced.length === 0) return wanted;
  const areRemoved = replaced.every((each) => each.values().every((event) => !event));
  return {
    // An event outside of the group `wanted.within` may be replaced by one that belongs to it.
    within: areRemoved ? wanted.within : "all",
    accepts(event) {
      const present = afterAll(replaced, event);
      return present !== undefined && wanted.accepts(present);
    },
  };
}

/** Returns the events of a page after all replacements since `since`, if they are still wanted. */
function asNow(page: Event[], since: Replacement, wanted: EventFilter): Event[] {
  if (since.next === undefined) return page;
  const replaced = replacedAfter(since);
  return page.flatMap((event) => {
    if (!replaced.has(event.id)) return [event];
    const present = replaced.get(event.id);
    return present && wanted.accepts(present) ? [present] : [];
  });
}

/** Yields these pages, each with the replacements that were made before it is read. */
function* pagesNow(
  pages: readonly Event[][],
  since: Replacement,
  wanted: EventFilter,
): Iterable<Event[]> {
  for (const page of pages) yield asNow(page, since, wanted);
}

/** Returns the replacements after `since`, by id. */
function replacedAfter(since: Replacement): Replaced {
  const replaced = new Map<EventId, Event | undefined>();
  for (let each = since.next; each; each = each.next) noteReplaced(replaced, each.id, each.event);
  return replaced;
}

function isIn({ after = "", before }: Range, { id }: Event): boolean {
  return id > after && (before === undefined || id < before);
}

/** Returns the lower of two ids, either of which may be absent. */
function lower(one: EventId | undefined, other: EventId | undefined): EventId | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

function isConversationOf(identity: string, key: HistoryKey): boolean {
  return key.includes(" ") && key.split(" ").includes(identity);
}

function pagesOf(events: readonly Event[]): Event[][] {
  const pages: Event[][] = [];
  for (let at = 0; at < events.length; at += PAGE_LIMIT) {
    pages.push(events.slice(at, at + PAGE_LIMIT));
  }
  return pages;
}
