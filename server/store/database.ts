/**
 * Reads and writes the tables of the store, with `node:sqlite`. A row holds many events of one
 * history, so a flood of messages costs little more than a few messages do. Each call takes effect at
 * once: this module buffers no writes.
 *
 * @module
 */

import { DatabaseSync, type DatabaseSyncOptions } from "node:sqlite";
import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import { blockOf, type BlockWriter, readBlock } from "./blocks.ts";
import type { RecordTypes } from "../events/records.ts";
import { Retention } from "./retention.ts";
import type { RetentionLimits } from "./store.ts";
import { migrate } from "./schema.ts";
import { prepare, type Statements } from "./statements.ts";
import type { EventFilter, Found, HistoryKey, Range, Search, StoreSize } from "./store.ts";
import { unusableFile } from "./trouble.ts";
import { Upkeep } from "./upkeep.ts";
import { WordIndex } from "./words.ts";

/** The options for opening a database. */
export interface DatabaseOptions {
  /** True if each transaction must reach the disk before it ends. */
  readonly durable: boolean;
  /** The limits on stored history; absent if there are none. */
  readonly keeping?: RetentionLimits;
}

/** The largest number of blocks that a query reads to find wanted events. */
const SCAN_LIMIT = 1000;
/** The time to wait for another program that writes to the database, in milliseconds. */
const LOCKED_MS = 100;
/** The options of SQLite. In defensive mode, the index of an earlier version could not be deleted in steps. */
const OPTIONS: DatabaseSyncOptions & { readonly defensive: boolean } = { defensive: false };
/** The amount of other writing in the last moments. */
export type Load = "quiet" | "busy" | "flood";

/**
 * The approximate time for which messages are indexed in one go, in milliseconds: it is short, because
 * delivery must not wait for the search index.
 */
const INDEX_MS = { quiet: 4, busy: 1 };
/** A text that sorts after every id. */
const LAST = "~";
/** A text that sorts before every id. */
const FIRST = "";

/** An open database. */
export class Database {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #words: WordIndex;
  readonly #retention: Retention;
  readonly #upkeep: Upkeep;
  /** The row numbers of the histories that were used so far. */
  readonly #places = new Map<HistoryKey, number>();

  /**
   * Opens the database in this file, and creates it if there is none; `:memory:` is a database that is
   * lost when it is closed.
   *
   * @throws {UserError} if it is of another program or of a newer version; {@linkcode Error} by SQLite.
   */
  constructor(path: string, { durable, keeping = {} }: DatabaseOptions) {
    this.#path = path;
    this.#db = new DatabaseSync(path, OPTIONS);
    // `auto_vacuum` can only be set before anything is written. With WAL, NORMAL means that a power
    // cut can lose the last transactions, but damages nothing.
    this.#db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}; PRAGMA busy_timeout = ${LOCKED_MS}`);
    migrate(this.#db, path);
    this.#statements = prepare(this.#db);
    this.#words = new WordIndex(this.#db);
    this.#retention = new Retention(this.#db, this.#words, keeping);
    this.#upkeep = new Upkeep(this.#db);
  }

  /** The id of the last event; `undefined` if there are no events. */
  get lastId(): EventId | undefined {
    const id = this.#statements.end.get()?.["id"];
    return typeof id === "string" ? id : undefined;
  }

  /**
   * Runs `change` in a transaction, so that it takes effect completely or not at all.
   *
   * @throws {Error} by SQLite; then nothing has changed.
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

  /** Adds a block to the history of `key`, after all its other blocks. */
  add(key: HistoryKey, { first, last, hasTalk, text }: BlockWriter): void {
    const number = this.#placeNumber(key) ?? this.#newPlace(key);
    this.#statements.append.run(number, first, last, Number(hasTalk), text);
  }

  /** Replaces the event with this id, or removes it if `event` is `undefined`. */
  replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    const block = this.#blockWith(key, id);
    if (!block) return;
    const { hasTalk, text } = blockOf(
      block.events.flatMap((each) => each.id !== id ? [each] : event === undefined ? [] : [event]),
    );
    this.#statements.rewrite.run(Number(hasTalk), text, block.number);
    this.#words.remove(id);
  }

  /**
   * Moves the history of `from` to `to`, whose own history is set aside. Without `to`, the history of
   * `from` is set aside.
   */
  move(from: HistoryKey, to: HistoryKey | undefined): void {
    this.#places.clear();
    if (to !== undefined) this.#statements.rename.run(null, to);
    this.#statements.rename.run(to ?? null, from);
  }

  /** Saves a record as JSON, or deletes it if it is `undefined`. */
  keep(kind: string, key: string, record: unknown): void {
    if (record === undefined) this.#statements.forget.run(kind, key);
    else this.#statements.keep.run(kind, key, JSON.stringify(record));
  }

  /** Returns the event with this id. */
  find(key: HistoryKey, id: EventId): Event | undefined {
    return this.#blockWith(key, id)?.events.find((event) => event.id === id);
  }

  /** Returns the first events of a range that are `wanted`, in order. */
  first(key: HistoryKey, range: Range, limit: number, wanted: EventFilter): Event[] {
    const { after = FIRST, before = LAST } = range;
    const number = this.#placeNumber(key);
    if (number === undefined) return [];
    const { forwards, talkForwards, blockBefore } = this.#statements;
    const start = blockBefore.get(number, after)?.["first"] ?? FIRST;
    const blocks = wanted.talkOnly ? talkForwards : forwards;
    const found: Event[] = [];
    for (const row of blocks.iterate(number, start, before, SCAN_LIMIT)) {
      for (const event of readBlock(String(row["events"]))) {
        if (event.id <= after || event.id >= before || !wanted.accepts(event)) continue;
        if (found.push(event) === limit) return found;
      }
    }
    return found;
  }

  /** Returns the last events of a range that are `wanted`, also in order. */
  last(key: HistoryKey, range: Range, limit: number, wanted: EventFilter): Event[] {
    const { after = FIRST, before = LAST } = range;
    const number = this.#placeNumber(key);
    if (number === undefined) return [];
    const { backwards, talkBackwards } = this.#statements;
    const blocks = wanted.talkOnly ? talkBackwards : backwards;
    const found: Event[] = [];
    for (const row of blocks.iterate(number, before, SCAN_LIMIT)) {
      for (const event of readBlock(String(row["events"])).reverse()) {
        if (event.id <= after) return found.reverse();
        if (event.id >= before || !wanted.accepts(event)) continue;
        if (found.push(event) === limit) return found.reverse();
      }
    }
    return found.reverse();
  }

  /**
   * Returns the keys of the conversations of `identity` with other users, at most `limit`; those with
   * the latest events come first.
   */
  historyKeysOf(identity: string, limit: number): HistoryKey[] {
    return this.#statements.placesOf.all(identity, limit).map(({ name }) => String(name));
  }

  /** Returns the indexed messages that match, in order. */
  search({ scopes, ...wanted }: Search): Found[] {
    const { after = FIRST, from, limit } = wanted;
    const names = new Map<number, HistoryKey>();
    const bySince = new Map<EventId, number[]>();
    for (const { key, since = FIRST } of scopes) {
      const number = this.#placeNumber(key);
      if (number === undefined) continue;
      names.set(number, key);
      bySince.set(since, [...bySince.get(since) ?? [], number]);
    }
    const found = [...bySince].flatMap(([since, numbers]) =>
      this.#words.find({ ...wanted, places: numbers, after: after < since ? since : after })
    ).sort((one, other) => one.id < other.id ? -1 : 1);
    const chosen = from === "first" ? found.slice(0, limit) : found.slice(-limit);
    return chosen.flatMap(({ id, block }) => {
      const row = this.#statements.block.get(block);
      const key = names.get(Number(row?.["place"]));
      const event = readBlock(String(row?.["events"] ?? "[]")).find((event) => event.id === id);
      return key !== undefined && event ? [{ key, event }] : [];
    });
  }

  /**
   * Yields all records of a kind, each with its key.
   *
   * @throws {UserError} if they cannot be read.
   */
  *records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [string, RecordTypes[Kind]]> {
    try {
      for (const { key, value } of this.#statements.records.all(kind)) {
        yield [String(key), JSON.parse(String(value))];
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

  /** Indexes messages for a few milliseconds. */
  index(): void {
    this.#words.advance(performance.now() + INDEX_MS.quiet);
  }

  /**
   * Spends a few milliseconds on work that can wait; the higher the load, the fewer.
   *
   * @throws {Error} by SQLite.
   */
  tidy(now: number, load: Load): void {
    try {
      if (load !== "flood") {
        const end = performance.now() + INDEX_MS[load];
        this.#words.advance(end);
        this.#words.renew(end);
      }
      // Histories that became empty were deleted, too.
      if (this.#retention.advance(now)) this.#places.clear();
      this.#upkeep.advance({ isQuiet: load === "quiet" });
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Deletes history that is beyond these limits from now on. */
  retain(limits: RetentionLimits): void {
    this.#retention.keeping = limits;
  }

  /** Closes the file. */
  close(): void {
    this.#db.close();
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#statements.rollback.run();
    this.#places.clear();
  }

  #blockWith(key: HistoryKey, id: EventId) {
    const number = this.#placeNumber(key);
    const row = number === undefined ? undefined : this.#statements.blockBefore.get(number, id);
    return row && { number: Number(row["number"]), events: readBlock(String(row["events"])) };
  }

  #placeNumber(key: HistoryKey): number | undefined {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.place.get(key);
    if (!row) return undefined;
    const number = Number(row["number"]);
    this.#places.set(key, number);
    return number;
  }

  #newPlace(key: HistoryKey): number {
    const { lastInsertRowid } = this.#statements.newPlace.run(key, key);
    const number = Number(lastInsertRowid);
    if (key.includes(" ")) {
      for (const identity of new Set(key.split(" "))) {
        this.#statements.newPerson.run(identity, number);
      }
    }
    this.#places.set(key, number);
    return number;
  }
}
