/**
 * The store in one SQLite database. While a server runs, what is said goes to a journal first, and to
 * the database in larger helpings: once a second, when it is much, and before anybody reads.
 *
 * @module
 */

import type { Event } from "../events.ts";
import type { EventId } from "../ids.ts";
import { Database, type DatabaseOptions, type Load } from "./database.ts";
import type { Journal } from "./journal.ts";
import { Pending } from "./pending.ts";
import type { Records } from "./records.ts";
import type { Reserve } from "./reserve.ts";
import type { Found, Place, Range, Search, Store, StoreSize, Wanted } from "./store.ts";
import { troubleOf } from "./trouble.ts";

/** How a store is opened. */
export interface SqliteOptions extends DatabaseOptions {
  /** What has all that happens until the database has it; absent, each commit is to the database. */
  readonly journal?: Pick<Journal, "read" | "write" | "clear">;
  /** Room that is held for when the disk is full; absent, none. */
  readonly reserve?: Pick<Reserve, "release" | "restore">;
}

/** When so many characters wait in the journal, the next commit is to the database. */
const JOURNAL_LIMIT = 128 * 1024;
/** What waits there is written at every so many calls of {@linkcode SqliteStore.tidy}: once a second. */
const WRITE_EACH = 10;
/** While there is trouble, {@linkcode SqliteStore.tidy} sees only every so many times whether it is over. */
const RETRY_EACH = 10;
/** While nothing can be written, so many changes wait at most; what is changed later is not kept. */
const PENDING_LIMIT = 10_000;
/** Something to be written, in its order. */
type Change = () => void;

/** A store in SQLite; see the module. */
export class SqliteStore implements Store {
  readonly #database: Database;
  #pending = new Pending();
  #changes: Change[] = [];
  readonly #records = new Map<string, readonly [kind: string, key: string, record: unknown]>();
  /** Each commit is to the database: to the journal, it would not reach the disk. */
  readonly #durable: boolean;
  readonly #journal: SqliteOptions["journal"];
  readonly #reserve: SqliteOptions["reserve"];
  #trouble: string | undefined;
  #retries = 0;
  /** How often it was tidied since something was written. */
  #age = 0;
  /** The journal was full since it was last tidied. */
  #isFlooded = false;

  /**
   * The store in that file, made if it is not there; `:memory:` is one that nobody keeps.
   *
   * @throws {UserError} if it is not one of ours, or of a newer version; {@linkcode Error} by SQLite.
   */
  constructor(path: string, { durable, journal, reserve, keeping = {} }: SqliteOptions) {
    this.#durable = durable;
    this.#journal = journal;
    this.#reserve = reserve;
    this.#database = new Database(path, { durable, keeping });
    this.#readJournal();
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  get lastId(): EventId | undefined {
    return this.#database.lastId;
  }

  append(place: Place, event: Event): void {
    this.#pending.append(place, event);
  }

  replace(place: Place, id: EventId, event: Event | undefined): void {
    this.#after(() => this.#database.replace(place, id, event));
  }

  move(from: Place, to: Place | undefined): void {
    if (from === to || this.#isFull) return;
    this.#after(() => this.#database.move(from, to));
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
    this.#try(() => {
      if (this.#isForJournal) this.#journal?.write(this.#pending.takeLines());
      else this.#write();
    });
  }

  find(place: Place, id: EventId): Event | undefined {
    this.#settle();
    return this.#database.find(place, id);
  }

  first(place: Place, range: Range, limit: number, wanted: Wanted): Event[] {
    this.#settle();
    return this.#database.first(place, range, limit, wanted);
  }

  last(place: Place, range: Range, limit: number, wanted: Wanted): Event[] {
    this.#settle();
    return this.#database.last(place, range, limit, wanted);
  }

  placesOf(identity: string, limit: number): Place[] {
    this.#settle();
    return this.#database.placesOf(identity, limit);
  }

  search(search: Search): Found[] {
    this.#settle();
    if (this.#trouble === undefined) this.#database.index();
    return this.#database.search(search);
  }

  records<Kind extends keyof Records>(kind: Kind): Iterable<readonly [string, Records[Kind]]> {
    return this.#database.records(kind);
  }

  size(): StoreSize | undefined {
    return this.#database.size();
  }

  tidy(now: number): void {
    if (this.#trouble !== undefined && ++this.#retries % RETRY_EACH !== 0) return;
    const load = this.#load;
    this.#isFlooded = false;
    try {
      if (++this.#age >= WRITE_EACH || this.#trouble !== undefined) this.#write();
      this.#reserve?.restore();
      this.#database.tidy(now, load);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = troubleOf(error).meaning;
    }
  }

  close(): void {
    this.#settle();
    if (this.#trouble !== undefined) this.#writeAgain();
    this.#database.close();
  }

  /** What was not yet in the database when the last server ended, however it did. */
  #readJournal(): void {
    if (!this.#journal) return;
    const last = this.lastId ?? "";
    for (const { place, events } of this.#journal.read()) {
      // It may have been written, and the journal not cleared any more.
      for (const event of events) if (event.id > last) this.append(place, event);
    }
    this.#settle();
  }

  /** Whether the journal can take all that was given since the last commit. */
  get #isForJournal(): boolean {
    return !this.#durable && this.#journal !== undefined && this.#pending.length < JOURNAL_LIMIT &&
      this.#changes.length + this.#records.size === 0;
  }

  get #load(): Load {
    if (this.#isFlooded) return "flood";
    return this.#age === 0 || this.#waits ? "busy" : "quiet";
  }

  get #waits(): boolean {
    return this.#pending.length + this.#changes.length + this.#records.size > 0;
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
    const { blocks } = this.#pending;
    if (blocks.length === 0) return;
    this.#pending = new Pending();
    this.#changes.push(() => {
      for (const { place, block } of blocks) this.#database.add(place, block);
    });
  }

  /** Has all that was given in the database, unless there is trouble. */
  #settle(): void {
    this.#try(() => this.#write());
  }

  #try(write: () => void): void {
    if (this.#trouble !== undefined) return;
    try {
      write();
    } catch (error) {
      this.#trouble = troubleOf(error).meaning;
      this.#writeAgain();
    }
  }

  /** Keeps what waits, if the trouble is over by now, or the room that was held is all that was missing. */
  #writeAgain(): void {
    try {
      this.#reserve?.release();
      this.#write();
    } catch {
      // What is missing is something else. It is tried again until it succeeds.
    }
  }

  /** Writes all that waits to the database. Or throws: it waits on, and the journal has what happened. */
  #write(): void {
    if (this.#waits) {
      this.#isFlooded ||= this.#pending.length >= JOURNAL_LIMIT;
      const lines = this.#pending.takeLines();
      this.#seal();
      this.#age = 0;
      try {
        this.#database.transact(() => {
          for (const change of this.#changes) change();
          for (const record of this.#records.values()) this.#database.keep(...record);
        });
      } catch (error) {
        this.#journal?.write(lines);
        throw error;
      }
      this.#changes = [];
      this.#records.clear();
    }
    this.#journal?.clear();
  }
}
