/**
 * Forgets history that is too old or too much, the oldest first and a little at a time, and gives the
 * space back to the disk.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { timeOf } from "../ids.ts";
import { readBlock } from "./blocks.ts";
import type { WordIndex } from "./words.ts";

/** How much history is kept; what is absent sets no limit. */
export interface Keeping {
  /** For how long, in milliseconds. */
  readonly keepMs?: number | undefined;
  /** In a database of how many bytes, about. */
  readonly keepBytes?: number | undefined;
}

/** So many blocks are forgotten at a time, */
const BLOCKS = 20;
/** for about so many milliseconds; */
const MS = 3;
/** and as soon as so many pages of 4 KiB are free, so many are given back. */
const PAGES = 256;

/** What one database forgets; see the module. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #words: WordIndex;
  readonly #keeping: Keeping;
  readonly #oldest: StatementSync;
  readonly #size: StatementSync;
  readonly #merge: StatementSync;
  readonly #vacuum: StatementSync;

  /** What of `db` and its index is forgotten. */
  constructor(db: DatabaseSync, words: WordIndex, keeping: Keeping) {
    this.#db = db;
    this.#words = words;
    this.#keeping = keeping;
    // The last block stays: its number and its ids are what the next ones come after.
    this.#oldest = db.prepare(
      `SELECT number, last, events FROM block
        WHERE number < (SELECT max(number) FROM block) ORDER BY number LIMIT ?`,
    );
    this.#size = db.prepare(
      `SELECT (page_count - freelist_count) * page_size AS bytes, freelist_count AS free
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
    );
    this.#merge = db.prepare("INSERT INTO word (word, rank) VALUES ('merge', 16)");
    this.#vacuum = db.prepare(`PRAGMA incremental_vacuum(${PAGES})`);
  }

  /** Forgets a little, if there is something to forget at the time `now`; returns whether it did. */
  advance(now: number): boolean {
    const { keepMs, keepBytes } = this.#keeping;
    if (keepMs === undefined && keepBytes === undefined) return false;
    const horizon = now - (keepMs ?? Infinity);
    const limit = keepBytes ?? Infinity;
    const end = performance.now() + MS;
    let hasForgotten = false;
    while (performance.now() < end) {
      const isTooMuch = Number(this.#size.get()?.["bytes"]) > limit;
      const blocks = this.#oldest.all(BLOCKS);
      // One that began before another may have ended after it: what comes behind one that stays stays.
      const stays = isTooMuch
        ? -1
        : blocks.findIndex(({ last }) => timeOf(String(last)) >= horizon);
      const old = stays < 0 ? blocks : blocks.slice(0, stays);
      const last = old.at(-1)?.["number"];
      if (last === undefined || last === null) break;
      this.#forget(Number(last), old.map(({ events }) => String(events)));
      hasForgotten = true;
    }
    // Of words that are deleted, the index is rid when it is merged (SQLite FTS5, "merge").
    if (hasForgotten) this.#merge.run();
    // Less is used again soon. All rows are taken, since each gives back one page.
    if (Number(this.#size.get()?.["free"]) >= PAGES) this.#vacuum.all();
    return hasForgotten;
  }

  #forget(through: number, blocks: readonly string[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    for (const event of blocks.flatMap(readBlock)) {
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
