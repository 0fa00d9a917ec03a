/**
 * The store in one SQLite database. While a server runs, all changes go to a journal first. They go
 * to the database in larger batches: once a second, when many events wait, when an event is
 * replaced or a history is moved, when a record other than the position in a cluster's log changes,
 * and before each read. SQLite keeps these batches in its write-ahead log (WAL) until a checkpoint
 * copies them to the database file. The journal has them until then, so damage to the WAL loses
 * nothing.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import { Database, type DatabaseOptions, type Load } from "./database.ts";
import type { Journal } from "./journal.ts";
import type { RecordTypes } from "../events/records.ts";
import type { OpenFiles } from "./open_files.ts";
import type { Reserve } from "./reserve.ts";
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
} from "./store.ts";
import { isDamage, type Report, troubleOf } from "./trouble.ts";
import { Waiting } from "./waiting.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/** The options for opening a store. */
export interface SqliteOptions extends DatabaseOptions {
  /**
   * The journal that keeps changes until the database file has them; absent if each commit goes to
   * the database.
   */
  readonly journal?: Pick<Journal, "read" | "write" | "clear">;
  /** Disk space that is released when the disk is full; absent if none is reserved. */
  readonly reserve?: Pick<Reserve, "release" | "restore">;
  /** The files that must stay at their paths; absent if none are watched. */
  readonly files?: () => Pick<OpenFiles, "missing">;
}

/**
 * The largest number of steps, of a few milliseconds each, in which a search first indexes messages
 * that are not indexed yet. After a flood of messages, these steps may not be enough; then the
 * search does not find the latest messages.
 */
const INDEX_SLICES = 250;
/** The number of waiting characters at which the next commit writes to the database. */
const JOURNAL_LIMIT = 128 * 1024;
/**
 * The number of calls of {@linkcode SqliteStore.tidy} (about one second) after which waiting events
 * are written to the database, and the files are checked.
 */
const WRITE_EVERY = 10;
/**
 * The number of calls of {@linkcode SqliteStore.tidy} between write attempts while writing fails.
 */
const RETRY_EVERY = 10;
/**
 * The largest number of changes that wait while nothing can be written. Beyond it, changes of
 * records and moves of histories are lost.
 */
const PENDING_LIMIT = 10_000;
/** A store in SQLite. */
export class SqliteStore implements Store {
  readonly #database: Database;
  readonly #waiting = new Waiting();
  /** The number of the next write to the database. */
  #number = 1;
  /**
   * True if each commit goes to the database, because a write to the journal may not reach the
   * disk.
   */
  readonly #durable: boolean;
  readonly #journal: SqliteOptions["journal"];
  readonly #reserve: SqliteOptions["reserve"];
  readonly #files: Pick<OpenFiles, "missing"> | undefined;
  readonly #report: Report;
  #isUpkeepDamaged = false;
  /** The event with the greatest id of those that were added. It may still wait. */
  #last: Pick<Event, "id" | "time"> | undefined;
  /** The number of calls of {@linkcode SqliteStore.tidy}. */
  #tidies = 0;
  #trouble: string | undefined;
  #retries = 0;
  /** The number of calls of {@linkcode SqliteStore.tidy} since the last write. */
  #tidiesSinceWrite = 0;
  /** True if the last checkpoint was incomplete, because another program reads the database. */
  #isLogHeld = false;
  /** True if {@linkcode JOURNAL_LIMIT} was reached since the last call of `tidy`. */
  #isFlooded = false;

  /**
   * Opens the store in this file, and creates it if there is none. `:memory:` is a store that is
   * lost when it is closed.
   *
   * @throws {UserError} if it belongs to another program or a newer version; {@linkcode Error} if
   * SQLite fails.
   */
  constructor(path: string, options: SqliteOptions) {
    const { durable, journal, reserve, files, keeping, partMessages, report = () => {} } = options;
    this.#report = report;
    this.#durable = durable;
    this.#journal = journal;
    this.#reserve = reserve;
    this.#database = new Database(path, { durable, keeping, partMessages, report });
    this.#readJournal();
    this.#files = files?.();
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  get lastId(): EventId | undefined {
    return this.#last?.id ?? this.#database.lastId;
  }

  get lastTime(): number | undefined {
    return this.#last?.time ?? this.#database.lastTime;
  }

  get firstId(): EventId | undefined {
    return this.#database.firstId;
  }

  get recordsMs(): number {
    return this.#waiting.recordsMs;
  }

  append(key: HistoryKey, event: Event): void {
    this.#waiting.append(key, event);
    // The journal groups events by history, so the events that are read from it do not come in
    // order.
    if (this.#last === undefined || event.id > this.#last.id) this.#last = event;
  }

  replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    this.#waiting.add({ type: "replace", key, id, event });
  }

  move(from: HistoryKey, to: HistoryKey | undefined): void {
    if (from === to || this.#isFull) return;
    this.#waiting.add({ type: "move", from, to });
  }

  keep<Kind extends keyof RecordTypes>(
    kind: Kind,
    key: string,
    record: RecordTypes[Kind] | undefined,
  ): void {
    if (this.#isFull) return;
    this.#waiting.keep(kind, key, record);
  }

  commit(): void {
    this.#try(() => {
      if (this.#journalSuffices) this.#writeJournal();
      else this.#write();
    });
  }

  find(key: HistoryKey, id: EventId): Event | undefined {
    this.#writeUnlessTrouble();
    return this.#database.find(key, id);
  }

  *pages(key: HistoryKey, range: Range, from: End, wanted: EventFilter): Iterable<Event[]> {
    // Each JOIN reads the last messages of its channel. If no waiting event is a message, the
    // waiting events need not be written before that.
    if (wanted.within !== "talk" || !this.#waiting.hasNoTalk) this.#writeUnlessTrouble();
    yield* this.#database.pages(key, range, from, wanted);
  }

  historyKeysOf(identity: string, limit: number): HistoryKey[] {
    this.#writeUnlessTrouble();
    return this.#database.historyKeysOf(identity, limit);
  }

  *searchInSteps(search: Search): Generator<void, SearchResult, void> {
    this.#writeUnlessTrouble();
    const searching = this.#database.search(search);
    for (let slice = 0; slice < INDEX_SLICES && this.#trouble === undefined; slice++) {
      const isAll = !this.#database.index();
      yield;
      if (isAll) break;
    }
    return yield* searching;
  }

  records<Kind extends keyof RecordTypes>(
    kind: Kind,
  ): Iterable<readonly [string, RecordTypes[Kind]]> {
    if (this.#waiting.hasRecords(kind)) this.#writeUnlessTrouble();
    return this.#database.records(kind);
  }

  size(): StoreSize | undefined {
    return this.#database.size();
  }

  retain({ keepMs, keepBytes }: RetentionLimits): void {
    this.#database.retain({ keepMs, keepBytes });
  }

  tidy(now: number): void {
    if (this.#trouble !== undefined && ++this.#retries % RETRY_EVERY !== 0) return;
    const load = this.#load;
    this.#isFlooded = false;
    try {
      this.#checkFiles();
      if (++this.#tidiesSinceWrite >= WRITE_EVERY || this.#trouble !== undefined) this.#write();
      this.#reserve?.restore();
      this.#maintain(now, load);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = troubleOf(error).meaning;
    }
  }

  /**
   * Checks once a second that the files are still at their paths.
   *
   * @throws {UserError} if a file is missing.
   */
  #checkFiles(): void {
    if (this.#trouble === undefined && ++this.#tidies % WRITE_EVERY !== 0) return;
    const missing = this.#files?.missing;
    if (missing !== undefined) throw new UserError(STORE_TEXTS.filesGone(missing));
  }

  /** Does work that can wait. Damage to the search index stops this work, but not messages. */
  #maintain(now: number, load: Load): void {
    // A checkpoint takes long, so other work waits for a later call.
    if (this.#database.isCheckpointDue(load)) return this.#checkpoint();
    if (this.#isUpkeepDamaged) return;
    try {
      this.#database.tidy(now, load);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#isUpkeepDamaged = true;
      this.#report("the search index or old history is damaged and is not maintained", {
        error: String(error),
      });
    }
  }

  close(): void {
    this.#writeUnlessTrouble();
    if (this.#trouble !== undefined) this.#writeAgain();
    this.#try(() => this.#checkpoint());
    this.#database.close();
  }

  /** Writes to the database the changes that only the journal of the last server has. */
  #readJournal(): void {
    if (!this.#journal) return;
    const journaled = this.#database.journaled;
    const last = this.lastId ?? "";
    const { entries, number } = this.#journal.read(journaled ?? 0);
    for (const { content } of entries) {
      if ("events" in content) {
        // A journal of an earlier version may have events that are also in the database.
        for (const event of content.events) if (event.id > last) this.append(content.key, event);
      } else if (journaled !== undefined) {
        this.#waiting.add(content);
      }
    }
    this.#waiting.texts();
    this.#waiting.noteJournaled();
    // The journal is ahead of the database by one write if the last server was killed. If it is
    // further ahead, the database has lost writes.
    if (journaled !== undefined && number > journaled + 1) {
      this.#report("changes that the database had lost were put back from the journal", {
        changes: entries.length,
      });
    }
    this.#number = Math.max(journaled ?? 0, number) + 1;
    this.#try(() => this.#checkpoint());
  }

  /** True if the journal can take all changes since the last commit. */
  get #journalSuffices(): boolean {
    return !this.#durable && this.#journal !== undefined && !this.#waiting.isUrgent &&
      this.#waiting.length < JOURNAL_LIMIT;
  }

  get #load(): Load {
    if (this.#isFlooded) return "flood";
    return this.#tidiesSinceWrite > 0 && this.#waiting.isEmpty ? "quiet" : "busy";
  }

  get #isFull(): boolean {
    return this.#trouble !== undefined && this.#waiting.changes >= PENDING_LIMIT;
  }

  /** Writes all waiting changes to the database, unless there is trouble. */
  #writeUnlessTrouble(): void {
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

  /** Releases the reserved disk space, and tries again to write the waiting changes. */
  #writeAgain(): void {
    try {
      this.#reserve?.release();
      this.#write();
    } catch {
      // The trouble has another cause. `tidy` tries again until it is over.
    }
  }

  /**
   * Writes all waiting changes to the journal and the database.
   *
   * @throws {Error} if SQLite or the system fails. Then the changes still wait, and the journal has
   * them if it could be written.
   */
  #write(): void {
    if (this.#waiting.isEmpty) return;
    this.#isFlooded ||= this.#waiting.length >= JOURNAL_LIMIT;
    this.#tidiesSinceWrite = 0;
    try {
      this.#writeJournal();
    } catch {
      // If the journal cannot be written, the changes are still safe once the database has them.
    }
    this.#database.transact(() => {
      this.#waiting.writeTo(this.#database);
      if (this.#journal) this.#database.journaled = this.#number;
    });
    this.#number++;
    this.#waiting.clear();
    // The log may grow fast between two calls of `tidy`, and the time of a checkpoint grows with
    // it.
    if (!this.#isLogHeld && this.#database.isLogLong()) this.#checkpoint();
  }

  #writeJournal(): void {
    const texts = this.#waiting.texts();
    this.#journal?.write(this.#number, texts);
    this.#waiting.noteJournaled();
  }

  /**
   * Moves all changes to the database file, and then clears the journal. If another program reads
   * the database, some changes may stay in the WAL, and the journal is kept.
   *
   * @throws {Error} if SQLite or the system fails.
   */
  #checkpoint(): void {
    this.#write();
    const isComplete = this.#database.checkpoint();
    this.#isLogHeld = !isComplete;
    if (isComplete) this.#journal?.clear();
  }
}
