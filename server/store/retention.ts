/**
 * Deletes the oldest history, a little at a time, if it is too old or the database is too large.
 * Returns the space to the file system. The words of deleted messages stay in the search index
 * until a whole part of the index can be deleted.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { timeOf } from "../events/ids.ts";
import type { BlockRows } from "./block_rows.ts";
import type { Row } from "./checksums.ts";
import { BLOCK } from "./statements.ts";
import type { RetentionLimits } from "./store.ts";

/** The number of blocks in which one call looks for a valid time. */
const LOOKAHEAD = 20;
/** If two calls are at least this time apart, in milliseconds, the clock may have been set. */
const LEAP_MS = 60_000;
/** The time after which one call stops deleting blocks and returning pages, in milliseconds. */
const ROUND_MS = 3;
/** The number of free pages, of 4 KiB each, at which pages are returned to the file system. */
const FREE_PAGES = 256;
/** The number of pages that are returned at a time. */
const VACUUM_PAGES = 16;

/** The retention of one database. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #rows: BlockRows;
  /** The limits, which may change. */
  keeping: RetentionLimits;
  /**
   * The time of the last event of a block, by the block's number. Has only blocks whose last id was
   * ahead of the clock: only such a block must be read to learn the time.
   */
  readonly #ends = new Map<number, number>();
  /** The number of the first block that may have a valid time. */
  #from = 0;
  /** The time of the last call that looked for a valid time. */
  #lookedAt = 0;
  readonly #oldest: StatementSync;
  readonly #size: StatementSync;
  readonly #vacuum: StatementSync;
  readonly #deleteBlock: StatementSync;
  readonly #deletePlace: StatementSync;
  readonly #deletePeople: StatementSync;

  /** Applies the limits to `db`, whose blocks `rows` reads. */
  constructor(db: DatabaseSync, rows: BlockRows, keeping: RetentionLimits) {
    this.#db = db;
    this.#rows = rows;
    this.keeping = keeping;
    // The last block is always kept, because the numbers of new blocks follow its number, and the
    // ids of new events follow its last id.
    this.#oldest = db.prepare(
      `SELECT ${BLOCK} FROM block
        WHERE number >= ? AND number < (SELECT max(number) FROM block) ORDER BY number LIMIT ?`,
    );
    this.#size = db.prepare(
      `SELECT (page_count - freelist_count) * page_size AS bytes, freelist_count AS free
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
    );
    this.#deleteBlock = db.prepare("DELETE FROM block WHERE number = ?");
    this.#deletePlace = db.prepare(
      `DELETE FROM place WHERE number = ?
        AND NOT EXISTS (SELECT 1 FROM block WHERE block.place = place.number)`,
    );
    this.#deletePeople = db.prepare("DELETE FROM person WHERE place = ?");
    this.#vacuum = db.prepare(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  }

  /**
   * Deletes some of the history that is beyond the limits at the time `now`; returns true if it
   * deleted any. While the search index is shrinking, the size of the database is ignored, because
   * it gets smaller even if no history is deleted.
   */
  advance(now: number, isShrinking: boolean): boolean {
    const { keepMs, keepBytes } = this.keeping;
    if (keepMs === undefined && keepBytes === undefined) return false;
    const oldestTime = now - (keepMs ?? Infinity);
    const limit = keepBytes ?? Infinity;
    const end = performance.now() + ROUND_MS;
    let hasDeleted = false;
    while (performance.now() < end) {
      const isTooLarge = !isShrinking && Number(this.#size.get()?.["bytes"]) > limit;
      const block = isTooLarge ? this.#oldest.get(0, 1) : this.#outdated(oldestTime, now);
      if (!block) break;
      this.#delete(block);
      hasDeleted = true;
    }
    this.#returnPages(end);
    return hasDeleted;
  }

  /**
   * Returns the oldest block, if it ended before `oldestTime`. May need several calls to find the
   * first block with a valid time.
   */
  #outdated(oldestTime: number, now: number): Row | undefined {
    // After the clock was set, other blocks have valid times.
    if (Math.abs(now - this.#lookedAt) >= LEAP_MS) this.#from = 0;
    this.#lookedAt = now;
    for (const block of this.#oldest.all(this.#from, LOOKAHEAD)) {
      const time = this.#endOf(block, now);
      // The end of a damaged block is unknown, and an end in the future is wrong. In place of such
      // a block, the next block with a valid time decides. This is only nearly exact, since a block
      // that starts earlier may end later.
      if (time !== undefined && time <= now) {
        return time < oldestTime ? this.#oldest.get(0, 1) : undefined;
      }
      this.#from = Number(block["number"]) + 1;
    }
    return undefined;
  }

  /** Returns the time of the last event in a block; `undefined` if the block is damaged. */
  #endOf(block: Row, now: number): number | undefined {
    const last = this.#rows.lastId(block);
    if (last === undefined) return undefined;
    const time = timeOf(last);
    // The time in an id is right, unless the ids were ahead of the clock.
    if (time <= now) return time;
    const number = Number(block["number"]);
    const known = this.#ends.get(number);
    if (known !== undefined) return known;
    const end = this.#rows.read(block)?.at(-1)?.time ?? 0;
    if (this.#ends.size >= LOOKAHEAD) this.#ends.clear();
    this.#ends.set(number, end);
    return end;
  }

  /** Returns free pages to the file system, but for a small number that is soon used again. */
  #returnPages(end: number): void {
    while (Number(this.#size.get()?.["free"]) >= FREE_PAGES) {
      // All rows of the result must be read, because each frees one page when it is read.
      this.#vacuum.all();
      if (performance.now() >= end) break;
    }
  }

  #delete(block: Row): void {
    const number = Number(block["number"]);
    const place = Number(block["place"]);
    this.#db.exec("BEGIN IMMEDIATE");
    this.#deleteBlock.run(number);
    if (this.#deletePlace.run(place).changes > 0) this.#deletePeople.run(place);
    this.#db.exec("COMMIT");
  }
}
