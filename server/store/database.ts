/**
 * Reads and writes the tables of the store, with `node:sqlite`. A row holds many events of one
 * history, so writing many messages at once costs little more than writing a few. Each call takes
 * effect at once: this module buffers no writes.
 *
 * @module
 */

import { DatabaseSync, type DatabaseSyncOptions } from "node:sqlite";
import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import { BlockRows } from "./block_rows.ts";
import { blockOf, type BlockWriter } from "./blocks.ts";
import { checksum, isIntact, type Row } from "./checksums.ts";
import { Places } from "./places.ts";
import type { Change } from "./changes.ts";
import { recordKey, recordOf } from "./record_rows.ts";
import type { RecordTypes } from "../events/records.ts";
import { Retention } from "./retention.ts";
import type { RetentionLimits } from "./store.ts";
import { makeIncremental, migrate } from "./schema.ts";
import { prepare, type Statements } from "./statements.ts";
import type {
  End,
  EventFilter,
  Found,
  HistoryKey,
  Range,
  Search,
  SearchResult,
  StoreSize,
} from "./store.ts";
import { type Report, unusableFile } from "./trouble.ts";
import { Upkeep } from "./upkeep.ts";
import { partSize } from "./word_parts.ts";
import type { WordSearch } from "./word_search.ts";
import { WordIndex } from "./words.ts";

/** The options for opening a database. */
export interface DatabaseOptions {
  /** True if each transaction must be on the disk before it ends. */
  readonly durable: boolean;
  /** The limits on stored history; absent if there are none. */
  readonly keeping?: RetentionLimits | undefined;
  /**
   * The number of messages in a part of the search index; by default, it depends on the size limit.
   */
  readonly partMessages?: number | undefined;
  /** Called when damage is found. */
  readonly report?: Report;
}

/**
 * The statements that return the next block with events of a group: forwards from the first block,
 * or backwards from the last one.
 */
const NEXT_BLOCK = {
  first: { talk: "talkForwards", said: "saidForwards", all: "forwards" },
  last: { talk: "talkBackwards", said: "saidBackwards", all: "backwards" },
} as const;
/** The time to wait for another program that writes to the database, in milliseconds. */
const LOCKED_MS = 100;
/**
 * The options of SQLite. Defensive mode would make it impossible to delete the index of an earlier
 * version in steps.
 */
const OPTIONS: DatabaseSyncOptions & { readonly defensive: boolean } = { defensive: false };
/** The amount of writing to the store in the last moments. */
export type Load = "quiet" | "busy" | "flood";

/**
 * The approximate time that one call spends on indexing messages, in milliseconds, at each load. It
 * is short, because delivery must not wait for the search index.
 */
const INDEX_MS = { quiet: 4, busy: 1 };
/** The approximate time that one call spends on freeing space of the index, in milliseconds. */
const MERGE_MS = 2;
/** A text that sorts after every id. */
const LAST = "~";
/** A text that sorts before every id. */
const FIRST = "";
/** A suffix: an id with it sorts directly after the id itself. */
const FOLLOWS = "\0";

/** An open database. */
export class Database {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #words: WordIndex;
  readonly #retention: Retention;
  readonly #upkeep: Upkeep;
  readonly #places: Places;
  readonly #rows: BlockRows;
  readonly #report: Report;

  /**
   * Opens the database in this file, and creates it if there is none. `:memory:` is a database that
   * is lost when it is closed.
   *
   * @throws {UserError} if it belongs to another program or a newer version; {@linkcode Error} if
   * SQLite fails.
   */
  constructor(path: string, options: DatabaseOptions) {
    const { durable, keeping = {}, report = () => {} } = options;
    const { partMessages = partSize(keeping.keepBytes) } = options;
    this.#path = path;
    this.#report = report;
    this.#rows = new BlockRows(report);
    this.#db = new DatabaseSync(path, OPTIONS);
    // Temporary tables stay in memory, because the process may have no descriptor left for a file.
    // With WAL, NORMAL means that a power cut can lose the last transactions, but damages nothing.
    makeIncremental(this.#db);
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"};
      PRAGMA busy_timeout = ${LOCKED_MS}; PRAGMA temp_store = MEMORY`);
    migrate(this.#db, path);
    this.#statements = prepare(this.#db);
    this.#places = new Places(this.#statements, report);
    this.#words = new WordIndex(this.#db, this.#rows, partMessages);
    this.#retention = new Retention(this.#db, this.#rows, keeping);
    this.#upkeep = new Upkeep(this.#db, LOCKED_MS);
  }

  /** The id of the last event; `undefined` if there are no events. */
  get lastId(): EventId | undefined {
    return this.#atEnd((row) => this.#rows.lastId(row));
  }

  /** The time of the last event; `undefined` if there are no events. */
  get lastTime(): number | undefined {
    return this.#atEnd((row) => this.#rows.read(row)?.at(-1)?.time);
  }

  /**
   * The id of the first event of the oldest block; `undefined` if there is no block, or if it is
   * damaged.
   */
  get firstId(): EventId | undefined {
    const row = this.#statements.block.get(this.#firstBlock);
    return row && this.#rows.read(row)?.[0]?.id;
  }

  /**
   * Runs `change` in a transaction, so that it takes effect completely or not at all.
   *
   * @throws {Error} if SQLite fails; then nothing has changed.
   */
  transact(change: () => void): void {
    try {
      this.#statements.begin.run();
      change();
      this.#statements.commit.run();
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /**
   * The number of the last write to the database. Each entry of the journal has the number of the
   * write that contains it, so the database has all entries up to this number. `undefined` if the
   * number is damaged.
   */
  get journaled(): number | undefined {
    const row = this.#statements.journaled.get();
    if (row && isIntact("journaled", row)) return Number(row["number"]);
    this.#report("the number of the last entries of the journal is damaged", { path: this.#path });
    return undefined;
  }

  set journaled(number: number) {
    this.#statements.setJournaled.run(number, checksum("journaled", { number }));
  }

  /** Makes a change. */
  change(change: Change): void {
    switch (change.type) {
      case "replace":
        return this.#replace(change.key, change.id, change.event);
      case "move":
        return this.#places.move(change.from, change.to);
      case "keep":
        return this.#keep(change.kind, change.key, change.value);
    }
  }

  /** Adds a block to the history of `key`, after all its other blocks. */
  add(key: HistoryKey, { first, last, content: talk, text }: BlockWriter): void {
    const place = this.#places.numberOf(key) ?? this.#places.add(key);
    const sum = checksum("block", { place, first, last, talk, events: text });
    this.#statements.append.run(place, first, last, talk, text, sum);
  }

  /** Returns the event with this id in the history of `key`; `undefined` if there is none. */
  find(key: HistoryKey, id: EventId): Event | undefined {
    return this.#blockWith(key, id)?.events.find((event) => event.id === id);
  }

  /**
   * Yields the events of a range that `wanted` accepts, one block at a time, beginning with the
   * first or the last block. The events of each block are in order. The database may change between
   * two blocks.
   */
  *pages(key: HistoryKey, range: Range, from: End, wanted: EventFilter): Iterable<Event[]> {
    const number = this.#places.numberOf(key);
    if (number === undefined) return;
    const { after = FIRST, before = LAST } = range;
    const { blockBefore } = this.#statements;
    const block = this.#statements[NEXT_BLOCK[from][wanted.within]];
    const isWanted = (event: Event): boolean =>
      event.id > after && event.id < before && wanted.accepts(event);
    let [start, end] = [String(blockBefore.get(number, after)?.["first"] ?? FIRST), before];
    for (let row = block.get(number, start, end); row; row = block.get(number, start, end)) {
      const first = String(row["first"]);
      if (from === "first") start = `${first}${FOLLOWS}`;
      else end = first;
      yield (this.#rows.read(row, number) ?? []).filter(isWanted);
    }
  }

  /**
   * Returns the keys of at most `limit` conversations of `identity` with other users. Those with
   * the latest events come first.
   */
  historyKeysOf(identity: string, limit: number): HistoryKey[] {
    const names = this.#statements.placesOf.all(identity, limit).map(({ name }) => String(name));
    return names.filter((name) => name.split(" ").includes(identity));
  }

  /**
   * Searches the indexed messages, in steps of limited size. Searches the histories that have the
   * keys when the search begins, even if another history gets one of the keys during the search.
   */
  search({ scopes, ...wanted }: Search): Generator<void, SearchResult, void> {
    const { after = FIRST } = wanted;
    const names = new Map<number, HistoryKey>();
    const bySince = new Map<EventId, number[]>();
    for (const { key, since = FIRST } of scopes) {
      const number = this.#places.numberOf(key);
      if (number === undefined) continue;
      names.set(number, key);
      bySince.set(since, [...bySince.get(since) ?? [], number]);
    }
    const searches = Array.from(bySince, ([since, places]) => {
      return { ...wanted, places, after: after < since ? since : after };
    });
    return this.#searchIn(names, searches);
  }

  *#searchIn(
    names: ReadonlyMap<number, HistoryKey>,
    wanted: readonly Omit<WordSearch, "firstBlock">[],
  ): Generator<void, SearchResult, void> {
    const firstBlock = this.#firstBlock;
    const searches = wanted.map((search) => ({ ...search, firstBlock }));
    const { found, cut } = yield* this.#words.find(searches);
    const events: Found[] = [];
    let read: { number?: number; key?: HistoryKey | undefined; events: Event[] } = { events: [] };
    for (const { id, block: number } of found) {
      if (number !== read.number) {
        yield;
        const row = this.#statements.block.get(number);
        const key = names.get(Number(row?.["place"]));
        read = { number, key, events: row && this.#rows.read(row) || [] };
      }
      const event = read.events.find((event) => event.id === id);
      if (read.key !== undefined && event) events.push({ key: read.key, event });
    }
    return { found: events, cut };
  }

  /**
   * Yields all records of a kind, each with its key. Leaves out a damaged record if the server is
   * as safe without it.
   *
   * @throws {UserError} if they cannot be read.
   */
  *records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [string, RecordTypes[Kind]]> {
    try {
      for (const row of this.#statements.records.all(kind)) {
        const record = recordOf(kind, row, { path: this.#path, report: this.#report });
        if (record !== undefined) yield [recordKey(row), record];
      }
    } catch (error) {
      throw unusableFile(this.#path, error);
    }
  }

  /** Returns the size of the database; `undefined` if SQLite does not answer. */
  size(): StoreSize | undefined {
    try {
      const { bytes, unindexed } = this.#statements.size.get() ?? {};
      return { bytes: Number(bytes), unindexed: Number(unindexed) };
    } catch {
      return undefined;
    }
  }

  /** Indexes messages for a few milliseconds; returns false if none were left. */
  index(): boolean {
    return this.#words.advance(performance.now() + INDEX_MS.quiet);
  }

  /**
   * Spends a few milliseconds on work that can wait, and less time at a higher load.
   *
   * @throws {Error} if SQLite fails.
   */
  tidy(now: number, load: Load): void {
    try {
      if (load !== "flood") {
        const end = performance.now() + INDEX_MS[load];
        this.#words.advance(end);
        this.#words.renew(end);
      }
      // Histories that became empty were also deleted, so their numbers must be forgotten.
      if (this.#retention.advance(now, this.#words.isShrinking)) this.#places.clear();
      this.#words.merge(this.#firstBlock, performance.now() + MERGE_MS);
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Returns true when it is time for a checkpoint. */
  isCheckpointDue(load: Load): boolean {
    return this.#upkeep.isDue({ isQuiet: load === "quiet" });
  }

  /** Returns true if SQLite's write-ahead log is so long that a checkpoint should not wait. */
  isLogLong(): boolean {
    return this.#upkeep.isLong();
  }

  /**
   * Copies SQLite's write-ahead log to the database file. Returns true if all changes are then in
   * that file, on the disk.
   *
   * @throws {Error} if SQLite fails.
   */
  checkpoint(): boolean {
    return this.#upkeep.checkpoint();
  }

  /** Sets the limits beyond which history is deleted from now on. */
  retain(limits: RetentionLimits): void {
    this.#retention.keeping = limits;
    this.#words.partMessages = partSize(limits.keepBytes);
  }

  /** Closes the file. */
  close(): void {
    this.#db.close();
  }

  #replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    const block = this.#blockWith(key, id);
    if (!block?.events.some((event) => event.id === id)) return;
    const { content: talk, text } = blockOf(
      block.events.flatMap((each) => each.id !== id ? [each] : event === undefined ? [] : [event]),
    );
    const sum = checksum("block", { ...block.row, talk, events: text });
    this.#statements.rewrite.run(talk, text, sum, block.number);
    this.#words.remove(id);
  }

  #keep(kind: string, key: string, value: string | undefined): void {
    if (value === undefined) return void this.#statements.forget.run(kind, key);
    this.#statements.keep.run(kind, key, value, checksum("record", { kind, key, value }));
  }

  /** Calls `read` with the last rows, the latest first, until it finds something; returns that. */
  #atEnd<T>(read: (row: Row) => T | undefined): T | undefined {
    for (const { number } of this.#statements.ends.iterate()) {
      const row = this.#statements.block.get(number ?? null);
      const found = row && read(row);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The number of the first block; 0 if there is none. */
  get #firstBlock(): number {
    return Number(this.#statements.firstBlock.get()?.["number"] ?? 0);
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#statements.rollback.run();
    this.#places.clear();
  }

  #blockWith(key: HistoryKey, id: EventId) {
    const place = this.#places.numberOf(key);
    const row = place === undefined ? undefined : this.#statements.blockBefore.get(place, id);
    const events = row && this.#rows.read(row, place);
    return events && { number: Number(row["number"]), row, events };
  }
}
