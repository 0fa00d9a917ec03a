/**
 * The tables of the store, by `node:sqlite`: what is done to them, and what is asked of them. What
 * happened in one place is many events a row, so that a flood of messages costs little more than a
 * few. It does what it is told at once, and knows nothing of what waits.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { Event } from "../events.ts";
import type { EventId } from "../ids.ts";
import { blockOf, type BlockWriter, readBlock } from "./blocks.ts";
import type { Records } from "./records.ts";
import { type Keeping, Retention } from "./retention.ts";
import { migrate } from "./schema.ts";
import { prepare, type Statements } from "./statements.ts";
import type { Found, Place, Range, Search, StoreSize, Wanted } from "./store.ts";
import { cannotUse } from "./trouble.ts";
import { Upkeep } from "./upkeep.ts";
import { WordIndex } from "./words.ts";

/** How a database is opened. */
export interface DatabaseOptions {
  /** Whether each transaction reaches the disk before it is over. */
  readonly durable: boolean;
  /** How much history is kept; absent, all of it. */
  readonly keeping?: Keeping;
}

/** So many blocks are searched for events that are wanted, at most. */
const SCAN_LIMIT = 1000;
/** How long to wait for another program that writes to the database, in milliseconds. */
const LOCKED_MS = 100;
/** How much else there was to write a moment ago. */
export type Load = "quiet" | "busy" | "flood";

/**
 * How long words may be indexed at a time, about, in milliseconds: who talks should not wait for who
 * may look for it later.
 */
const INDEX_MS = { quiet: 4, busy: 1 };
/** Greater than all ids, and less than all. */
const LAST = "~";
const FIRST = "";

/** A database; see the module. */
export class Database {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #words: WordIndex;
  readonly #retention: Retention;
  readonly #upkeep: Upkeep;
  /** Numbers of places, as far as they were needed. */
  readonly #places = new Map<Place, number>();

  /**
   * The database in that file, made if it is not there; `:memory:` is one that nobody keeps.
   *
   * @throws {UserError} if it is not one of ours, or of a newer version; {@linkcode Error} by SQLite.
   */
  constructor(path: string, { durable, keeping = {} }: DatabaseOptions) {
    this.#path = path;
    this.#db = new DatabaseSync(path);
    // How space is given back can only be said before anything is written. With WAL, NORMAL means
    // that a power cut may take the last moments, but damages nothing.
    this.#db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}; PRAGMA busy_timeout = ${LOCKED_MS}`);
    migrate(this.#db, path);
    this.#statements = prepare(this.#db);
    this.#words = new WordIndex(this.#db);
    this.#retention = new Retention(this.#db, this.#words, keeping);
    this.#upkeep = new Upkeep(this.#db);
  }

  /** The id of the last that happened; `undefined` if nothing has. */
  get lastId(): EventId | undefined {
    const id = this.#statements.end.get()?.["id"];
    return typeof id === "string" ? id : undefined;
  }

  /**
   * Does all that `change` does, or nothing of it.
   *
   * @throws {Error} by SQLite; then nothing was done.
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

  /** Adds a block of what happened at `place`, after all others that are there. */
  add(place: Place, { first, last, hasTalk, text }: BlockWriter): void {
    const number = this.#placeNumber(place) ?? this.#newPlace(place);
    this.#statements.append.run(number, first, last, Number(hasTalk), text);
  }

  /** Puts another event in the place of the one with that id, or takes that one out. */
  replace(place: Place, id: EventId, event: Event | undefined): void {
    const block = this.#blockWith(place, id);
    if (!block) return;
    const { hasTalk, text } = blockOf(
      block.events.flatMap((each) => each.id !== id ? [each] : event === undefined ? [] : [event]),
    );
    this.#statements.rewrite.run(Number(hasTalk), text, block.number);
    this.#words.remove(id);
  }

  /** Gives the history of `from` to `to`, or to no place; what `to` had is set aside. */
  move(from: Place, to: Place | undefined): void {
    this.#places.clear();
    if (to !== undefined) this.#statements.rename.run(null, to);
    this.#statements.rename.run(to ?? null, from);
  }

  /** Keeps a record, as JSON; `undefined` forgets it. */
  keep(kind: string, key: string, record: unknown): void {
    if (record === undefined) this.#statements.forget.run(kind, key);
    else this.#statements.keep.run(kind, key, JSON.stringify(record));
  }

  /** The event with that id. */
  find(place: Place, id: EventId): Event | undefined {
    return this.#blockWith(place, id)?.events.find((event) => event.id === id);
  }

  /** The first events of a stretch of history that are `wanted`, in order. */
  first(place: Place, range: Range, limit: number, wanted: Wanted): Event[] {
    const { after = FIRST, before = LAST } = range;
    const number = this.#placeNumber(place);
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

  /** The last ones; in order, too. */
  last(place: Place, range: Range, limit: number, wanted: Wanted): Event[] {
    const { after = FIRST, before = LAST } = range;
    const number = this.#placeNumber(place);
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

  /** So many places at most where `identity` is one of two people; those with the latest first. */
  placesOf(identity: string, limit: number): Place[] {
    return this.#statements.placesOf.all(identity, limit).map(({ name }) => String(name));
  }

  /** What is found of what is in the index, in order. */
  search({ places, ...wanted }: Search): Found[] {
    const { after = FIRST, from, limit } = wanted;
    const names = new Map<number, Place>();
    const bySince = new Map<EventId, number[]>();
    for (const { place, since = FIRST } of places) {
      const number = this.#placeNumber(place);
      if (number === undefined) continue;
      names.set(number, place);
      bySince.set(since, [...bySince.get(since) ?? [], number]);
    }
    const found = [...bySince].flatMap(([since, numbers]) =>
      this.#words.find({ ...wanted, places: numbers, after: after < since ? since : after })
    ).sort((one, other) => one.id < other.id ? -1 : 1);
    const chosen = from === "first" ? found.slice(0, limit) : found.slice(-limit);
    return chosen.flatMap(({ id, block }) => {
      const row = this.#statements.block.get(block);
      const place = names.get(Number(row?.["place"]));
      const event = readBlock(String(row?.["events"] ?? "[]")).find((event) => event.id === id);
      return place !== undefined && event ? [{ place, event }] : [];
    });
  }

  /**
   * All records of a kind.
   *
   * @throws {UserError} if they cannot be read.
   */
  *records<Kind extends keyof Records>(kind: Kind): Iterable<readonly [string, Records[Kind]]> {
    try {
      for (const { key, value } of this.#statements.records.all(kind)) {
        yield [String(key), JSON.parse(String(value))];
      }
    } catch (error) {
      throw cannotUse(this.#path, error);
    }
  }

  /** How large it is; undefined where it cannot be asked. */
  size(): StoreSize | undefined {
    try {
      const { bytes, unindexed } = this.#statements.size.get() ?? {};
      return { bytes: Number(bytes), unindexed: Number(unindexed) };
    } catch {
      return undefined;
    }
  }

  /** Brings the index up to date, for a few milliseconds. */
  index(): void {
    this.#words.advance(INDEX_MS.quiet);
  }

  /**
   * Spends a few milliseconds on what can be put off, the fewer the more else is written.
   *
   * @throws {Error} by SQLite.
   */
  tidy(now: number, load: Load): void {
    try {
      if (load !== "flood") this.#words.advance(INDEX_MS[load]);
      // Places that nothing is left of are gone, too.
      if (this.#retention.advance(now)) this.#places.clear();
      this.#upkeep.advance({ isQuiet: load === "quiet" });
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Lets go of the file. */
  close(): void {
    this.#db.close();
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#statements.rollback.run();
    this.#places.clear();
  }

  #blockWith(place: Place, id: EventId) {
    const number = this.#placeNumber(place);
    const row = number === undefined ? undefined : this.#statements.blockBefore.get(number, id);
    return row && { number: Number(row["number"]), events: readBlock(String(row["events"])) };
  }

  #placeNumber(place: Place): number | undefined {
    const known = this.#places.get(place);
    if (known !== undefined) return known;
    const row = this.#statements.place.get(place);
    if (!row) return undefined;
    const number = Number(row["number"]);
    this.#places.set(place, number);
    return number;
  }

  #newPlace(place: Place): number {
    const { lastInsertRowid } = this.#statements.newPlace.run(place, place);
    const number = Number(lastInsertRowid);
    if (place.includes(" ")) {
      for (const identity of new Set(place.split(" "))) {
        this.#statements.newPerson.run(identity, number);
      }
    }
    this.#places.set(place, number);
    return number;
  }
}
