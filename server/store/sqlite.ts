/**
 * The store in one SQLite database, by `node:sqlite`. What happened in one place in one turn is one
 * row, so that a flood of messages costs little more than a few.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { Event } from "../events.ts";
import type { EventId } from "../ids.ts";
import type { Records } from "./records.ts";
import { readBlock, writeBlock } from "./blocks.ts";
import { type Keeping, Retention } from "./retention.ts";
import { migrate } from "./schema.ts";
import type { Reserve } from "./reserve.ts";
import { prepare, type Statements } from "./statements.ts";
import {
  type Found,
  isTalk,
  type Place,
  type Range,
  type Search,
  type Store,
  type StoreSize,
  type Wanted,
} from "./store.ts";
import { cannotUse, troubleOf } from "./trouble.ts";
import { Upkeep } from "./upkeep.ts";
import { WordIndex } from "./words.ts";

/** How a database is opened. */
export interface SqliteOptions {
  /** Whether each commit reaches the disk before anybody is told of what it holds. */
  readonly durable: boolean;
  /** Room that is held for when the disk is full; absent, none. */
  readonly reserve?: Pick<Reserve, "release" | "restore">;
  /** How much history is kept; absent, all of it. */
  readonly keeping?: Keeping;
}

/** A block holds so many events at most: a page should not have to read many more than it shows. */
const BLOCK_LIMIT = 100;
/** So many blocks are searched for events that are wanted, at most. */
const SCAN_LIMIT = 1000;
/** How long to wait for another program that writes to the database, in milliseconds. */
const LOCKED_MS = 100;
/**
 * How long words may be indexed at a time, about, in milliseconds: when nothing else is to be written,
 * and while much is said, which should not wait for who may look for it later.
 */
const QUIET_MS = 4;
const BUSY_MS = 1;
/** While there is trouble, {@linkcode SqliteStore.tidy} sees only every so many times whether it is over. */
const RETRY_EACH = 10;
/** While nothing can be written, so many changes wait at most; what is changed later is not kept. */
const PENDING_LIMIT = 10_000;
/** Greater than all ids, and less than all. */
const LAST = "~";
const FIRST = "";

/** Something to be written, in its order. */
type Change = () => void;

/** A store in SQLite; see the module. */
export class SqliteStore implements Store {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #words: WordIndex;
  readonly #retention: Retention;
  readonly #upkeep: Upkeep;
  /** Numbers of places, as far as they were needed. */
  readonly #places = new Map<Place, number>();
  #pending = new Map<Place, Event[]>();
  #changes: Change[] = [];
  readonly #records = new Map<string, readonly [kind: string, key: string, record: unknown]>();
  readonly #reserve: SqliteOptions["reserve"];
  #trouble: string | undefined;
  #retries = 0;
  /** Something was written since it was last tidied. */
  #isBusy = false;

  /**
   * The database in that file, made if it is not there; `:memory:` is one that nobody keeps.
   *
   * @throws {UserError} if it is not one of ours, or of a newer version; {@linkcode Error} by SQLite.
   */
  constructor(path: string, { durable, reserve, keeping = {} }: SqliteOptions) {
    this.#path = path;
    this.#reserve = reserve;
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

  get trouble(): string | undefined {
    return this.#trouble;
  }

  get lastId(): EventId | undefined {
    const last = this.#statements.lastBlock.get()?.["last"];
    return typeof last === "string" ? last : undefined;
  }

  append(place: Place, event: Event): void {
    const events = this.#pending.get(place);
    if (events) events.push(event);
    else this.#pending.set(place, [event]);
  }

  replace(place: Place, id: EventId, event: Event | undefined): void {
    this.#after(() => this.#replace(place, id, event));
  }

  move(from: Place, to: Place | undefined): void {
    if (from === to || this.#isFull) return;
    this.#after(() => {
      this.#places.clear();
      if (to !== undefined) this.#statements.rename.run(null, to);
      this.#statements.rename.run(to ?? null, from);
    });
  }

  keep<Kind extends keyof Records>(
    kind: Kind,
    key: string,
    record: Records[Kind] | undefined,
  ): void {
    if (this.#isFull) return;
    this.#records.set(`${kind} ${key}`, [kind, key, record]);
  }

  commit(): void {
    if (this.#trouble !== undefined) return;
    try {
      this.#commit();
    } catch (error) {
      this.#trouble = troubleOf(error).meaning;
      this.#commitIntoReserve();
    }
  }

  find(place: Place, id: EventId): Event | undefined {
    this.commit();
    return this.#blockWith(place, id)?.events.find((event) => event.id === id);
  }

  first(place: Place, range: Range, limit: number, wanted: Wanted): Event[] {
    const { after = FIRST, before = LAST } = range;
    this.commit();
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

  last(place: Place, range: Range, limit: number, wanted: Wanted): Event[] {
    const { after = FIRST, before = LAST } = range;
    this.commit();
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

  placesOf(identity: string, limit: number): Place[] {
    this.commit();
    return this.#statements.placesOf.all(identity, limit).map(({ name }) => String(name));
  }

  search({ places, ...wanted }: Search): Found[] {
    this.commit();
    if (this.#trouble === undefined) this.#words.advance(QUIET_MS);
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

  *records<Kind extends keyof Records>(kind: Kind): Iterable<readonly [string, Records[Kind]]> {
    try {
      for (const { key, value } of this.#statements.records.all(kind)) {
        yield [String(key), JSON.parse(String(value))];
      }
    } catch (error) {
      throw cannotUse(this.#path, error);
    }
  }

  size(): StoreSize | undefined {
    try {
      const { bytes, unindexed } = this.#statements.size.get() ?? {};
      return { bytes: Number(bytes), unindexed: Number(unindexed) };
    } catch {
      return undefined;
    }
  }

  tidy(now: number): void {
    if (this.#trouble !== undefined && ++this.#retries % RETRY_EACH !== 0) return;
    try {
      this.#commit();
      this.#reserve?.restore();
      this.#words.advance(this.#isBusy ? BUSY_MS : QUIET_MS);
      // Places that nothing is left of are gone, too.
      if (this.#retention.advance(now)) this.#places.clear();
      this.#upkeep.advance({ isQuiet: !this.#isBusy });
      this.#trouble = undefined;
    } catch (error) {
      this.#rollBack();
      this.#trouble = troubleOf(error).meaning;
    }
    this.#isBusy = false;
  }

  close(): void {
    this.commit();
    if (this.#trouble !== undefined) this.#commitIntoReserve();
    this.#db.close();
  }

  get #isFull(): boolean {
    return this.#trouble !== undefined &&
      this.#changes.length + this.#records.size >= PENDING_LIMIT;
  }

  /** Will make a change once all that was appended before it is written. */
  #after(change: Change): void {
    this.#seal();
    this.#changes.push(change);
  }

  #seal(): void {
    const pending = this.#pending;
    if (pending.size === 0) return;
    this.#pending = new Map();
    this.#changes.push(() => {
      for (const [place, events] of pending) this.#write(place, events);
    });
  }

  /** Keeps what is about to be shown, if the room that was held for that is all that is missing. */
  #commitIntoReserve(): void {
    try {
      if (this.#reserve?.release()) this.#commit();
    } catch {
      // What is missing is something else. It is tried again until it succeeds.
    }
  }

  /** Writes all that waits, or throws, and it waits on. */
  #commit(): void {
    if (this.#commitOneRow()) return;
    this.#seal();
    if (this.#changes.length + this.#records.size === 0) return;
    this.#isBusy = true;
    const { begin, commit, keep, forget } = this.#statements;
    try {
      begin.run();
      for (const change of this.#changes) change();
      for (const [kind, key, record] of this.#records.values()) {
        if (record === undefined) forget.run(kind, key);
        else keep.run(kind, key, JSON.stringify(record));
      }
      commit.run();
    } catch (error) {
      this.#rollBack();
      throw error;
    }
    this.#changes = [];
    this.#records.clear();
  }

  /** Where there is but one row to write, as most often, it is a transaction by itself. */
  #commitOneRow(): boolean {
    if (this.#pending.size !== 1 || this.#changes.length + this.#records.size > 0) return false;
    for (const [place, events] of this.#pending) {
      if (events.length > BLOCK_LIMIT || !this.#places.has(place)) return false;
      this.#isBusy = true;
      this.#write(place, events);
    }
    this.#pending.clear();
    return true;
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#statements.rollback.run();
    this.#places.clear();
  }

  #write(place: Place, events: readonly Event[]): void {
    const number = this.#placeNumber(place) ?? this.#newPlace(place);
    for (let at = 0; at < events.length; at += BLOCK_LIMIT) {
      const block = events.slice(at, at + BLOCK_LIMIT);
      const [first, last] = [block[0]?.id ?? "", block.at(-1)?.id ?? ""];
      this.#statements.append.run(number, first, last, talkOf(block), writeBlock(block));
    }
  }

  #replace(place: Place, id: EventId, event: Event | undefined): void {
    const block = this.#blockWith(place, id);
    if (!block) return;
    const events = block.events.flatMap((each) =>
      each.id !== id ? [each] : event === undefined ? [] : [event]
    );
    this.#statements.rewrite.run(talkOf(events), writeBlock(events), block.number);
    this.#words.remove(id);
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

function talkOf(events: readonly Event[]): number {
  return events.some(isTalk) ? 1 : 0;
}
