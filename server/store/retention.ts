/**
 * Deletes history that is too old or too large, the oldest first and a little at a time, and returns
 * the space to the file system.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { timeOf } from "../events/ids.ts";
import type { BlockRows } from "./block_rows.ts";
import type { Row } from "./checksums.ts";
import { BLOCK } from "./statements.ts";
import type { RetentionLimits } from "./store.ts";
import type { WordIndex } from "./words.ts";

/** The number of blocks that are deleted in one transaction. */
const BATCH_BLOCKS = 20;
/** The approximate time for which blocks are deleted in one go, in milliseconds. */
const ROUND_MS = 3;
/** The number of pages of 4 KiB that are returned at a time, as soon as that many are free. */
const VACUUM_PAGES = 256;

/** The retention of one database. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #words: WordIndex;
  readonly #rows: BlockRows;
  /** The limits, which may change. */
  keeping: RetentionLimits;
  readonly #oldest: StatementSync;
  readonly #size: StatementSync;
  readonly #merge: StatementSync;
  readonly #vacuum: StatementSync;

  /** Applies the limits to `db` and its index; `rows` reads its blocks. */
  constructor(db: DatabaseSync, words: WordIndex, rows: BlockRows, keeping: RetentionLimits) {
    this.#db = db;
    this.#words = words;
    this.#rows = rows;
    this.keeping = keeping;
    // The last block is kept: later blocks and ids must come after its number and its ids.
    this.#oldest = db.prepare(
      `SELECT ${BLOCK} FROM block
        WHERE number < (SELECT max(number) FROM block) ORDER BY number LIMIT ?`,
    );
    this.#size = db.prepare(
      `SELECT (page_count - freelist_count) * page_size AS bytes, freelist_count AS free
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
    );
    this.#merge = db.prepare("INSERT INTO term (term, rank) VALUES ('merge', 16)");
    this.#vacuum = db.prepare(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  }

  /**
   * Deletes some of the history that is beyond the limits at the time `now`; returns true if it
   * deleted any.
   */
  advance(now: number): boolean {
    const { keepMs, keepBytes } = this.keeping;
    if (keepMs === undefined && keepBytes === undefined) return false;
    const oldestTime = now - (keepMs ?? Infinity);
    const limit = keepBytes ?? Infinity;
    const end = performance.now() + ROUND_MS;
    let hasDeleted = false;
    while (performance.now() < end) {
      const isTooLarge = Number(this.#size.get()?.["bytes"]) > limit;
      const blocks = this.#oldest.all(BATCH_BLOCKS);
      // A block that starts earlier may end later: the blocks after one that is kept are kept, too. The
      // time of a damaged one is unknown: it goes with those around it.
      const firstKept = isTooLarge
        ? -1
        : blocks.findIndex((row) =>
          timeOf(String(row["last"])) >= oldestTime && this.#rows.lastId(row) !== undefined
        );
      const old = firstKept < 0 ? blocks : blocks.slice(0, firstKept);
      const last = old.at(-1)?.["number"];
      if (last === undefined || last === null) break;
      this.#delete(Number(last), old);
      hasDeleted = true;
    }
    // The index drops deleted words only when it is merged (SQLite FTS5, "merge").
    if (hasDeleted) this.#merge.run();
    // Fewer free pages are soon used again. All rows must be read, since each frees one page.
    if (Number(this.#size.get()?.["free"]) >= VACUUM_PAGES) this.#vacuum.all();
    return hasDeleted;
  }

  #delete(through: number, blocks: readonly Row[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    for (const event of blocks.flatMap((row) => this.#rows.read(row) ?? [])) {
      if (event.type === "Said") this.#words.remove(event.id);
    }
    this.#db.prepare("DELETE FROM block WHERE number <= ?").run(through);
    this.#db.exec(
      `DELETE FROM place WHERE NOT EXISTS (SELECT 1 FROM block WHERE block.place = place.number);
      DELETE FROM person WHERE NOT EXISTS (SELECT 1 FROM place WHERE number = person.place);
      COMMIT`,
    );
  }
}
