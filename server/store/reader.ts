/**
 * Reads a server's database from another process, whether or not the server is running. Changes
 * nothing, does not make the server wait, and needs little memory.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { EventId } from "../events/ids.ts";
import { BlockRows } from "./block_rows.ts";
import type { KeyedEvents } from "./blocks.ts";
import { isIntact, type Row } from "./checksums.ts";
import { SQL } from "./statements.ts";
import type { HistoryKey } from "./store.ts";
import type { Report } from "./trouble.ts";
import { partTable } from "./word_parts.ts";

/**
 * A block of one history in the database. If the history was set aside, `key` is its first key.
 */
export interface Block extends KeyedEvents {
  /** The number of the block; blocks are numbered in the order of their first events. */
  readonly number: number;
  /** The number of the history, which stays the same when its key changes. */
  readonly placeNumber: number;
  /** True if the block is damaged; then `events` is empty. */
  readonly isDamaged: boolean;
}

/** The end of a database at one moment. */
export interface End {
  /** The number of the last block. */
  readonly block: number;
  /** The id of the last event. */
  readonly id: EventId;
}

/**
 * The progress of the index. Blocks up to `through` were in the index of an earlier version; those
 * up to `renewed` have been moved to this one. This index also has the blocks after `through`, up
 * to `block`.
 */
export interface IndexState {
  /** The last block that was moved from the index of an earlier version. */
  readonly renewed: number;
  /** The last block in the index of an earlier version. */
  readonly through: number;
  /** The last indexed block. */
  readonly block: number;
  /** The number of messages. */
  readonly messages: number;
}

/** The query for the progress of the index, and the index's table. */
const INDEX = {
  progress: "SELECT renewed, through, block FROM progress",
  messages: "term",
};
/** The query and the table of a database of version 1 that no later server has opened. */
const FORMER_INDEX: typeof INDEX = {
  progress: "SELECT block AS renewed, block AS through, block FROM indexed",
  messages: "word",
};

/**
 * The number of blocks that are read at a time. It is small, because the database's write-ahead log
 * grows while a read lasts.
 */
const BATCH = 200;

/** A database that is open for reading. */
export class StoreReader implements Disposable {
  readonly #db: DatabaseSync;
  readonly #index: typeof INDEX;
  /** The queries for a message in the parts of the index; set by {@linkcode StoreReader.index}. */
  #words: readonly StatementSync[] = [];
  readonly #rows: BlockRows;
  /** The columns of a block, and of its history. */
  readonly #columns: string;

  /**
   * Opens the database in this file. Calls `report` when damaged data is left out.
   *
   * @throws {Error} if SQLite cannot read it.
   */
  constructor(path: string, report: Report = () => {}) {
    this.#rows = new BlockRows(report);
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
    const isUpgraded = this.#has("SELECT 1 FROM sqlite_schema WHERE name = 'progress'");
    this.#index = isUpgraded ? INDEX : FORMER_INDEX;
    const hasSums = this.#has("SELECT 1 FROM pragma_table_info('block') WHERE name = 'crc'");
    const [blockSum, placeSum] = hasSums ? ["block.crc", "place.crc"] : ["NULL", "NULL"];
    this.#columns = `block.number, block.place, first, last, talk, events, ${blockSum} AS crc,
      name, first_name, ${placeSum} AS placeSum`;
  }

  /** Returns the end of the database now; `undefined` if it has no events. */
  end(): End | undefined {
    const { number: block } = this.#db.prepare(SQL.lastBlock).get() ?? {};
    const one = this.#db.prepare(
      `SELECT ${this.#columns} FROM block JOIN place ON place.number = block.place
        WHERE block.number = ?`,
    );
    for (const { number } of this.#db.prepare(SQL.ends).iterate()) {
      const row = one.get(number ?? null);
      const id = row && this.#rows.lastId(row);
      if (id !== undefined) return { block: Number(block), id };
    }
    return undefined;
  }

  /**
   * The number of the last write to the database. Each entry of the journal has the number of the
   * write that contains it, so the database has all entries up to this number. Infinite if the
   * number is unknown.
   */
  get journaled(): number {
    if (!this.#has("SELECT 1 FROM sqlite_schema WHERE name = 'journaled'")) return Infinity;
    const row = this.#db.prepare(SQL.journaled).get();
    return row && isIntact("journaled", row) ? Number(row["number"]) : Infinity;
  }

  /** Yields the blocks of all histories after number `after`, up to number `through`. */
  *blocks(after = 0, through = Number.MAX_SAFE_INTEGER): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT ${this.#columns} FROM block JOIN place ON place.number = block.place
        WHERE block.number > ? AND block.number <= ? ORDER BY block.number LIMIT ?`,
    );
    yield* pages((last) => this.#blocksIn(next.all(last?.number ?? after, through, BATCH)));
  }

  /** Yields the blocks of one history, up to number `through`. */
  *blocksOf(key: HistoryKey, through = Number.MAX_SAFE_INTEGER): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT ${this.#columns} FROM place JOIN block ON block.place = place.number
        WHERE name = ? AND first > ? AND block.number <= ? ORDER BY first LIMIT ?`,
    );
    yield* pages((last) => this.#blocksIn(next.all(key, last?.first ?? "", through, BATCH)));
  }

  /** Returns the keys of all histories that are not set aside. */
  keys(): HistoryKey[] {
    return this.#db.prepare("SELECT name FROM place WHERE name IS NOT NULL").all()
      .map(({ name }) => String(name));
  }

  /** Runs `read` in a transaction, so that all of it sees the database as of one moment. */
  atOnce<T>(read: () => T): T {
    this.#db.exec("BEGIN");
    try {
      return read();
    } finally {
      this.#db.exec("ROLLBACK");
    }
  }

  /** Returns the result of SQLite's check of the whole file: `ok`, or the first error. */
  integrity(): string {
    return String(this.#db.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"]);
  }

  /** Returns the blocks whose messages are in the index, and the number of messages in it. */
  index(): IndexState {
    const { renewed, through, block } = this.#db.prepare(this.#index.progress).get() ?? {};
    const tables = this.#messageTables();
    this.#words = tables.map((table) =>
      this.#db.prepare(`SELECT 1 FROM ${table}_docsize WHERE id = ?`)
    );
    // The index may still have messages of blocks that were deleted.
    const { number: firstBlock } = this.#db.prepare(SQL.firstBlock).get() ?? {};
    const counts = tables.map((table) =>
      Number(
        this.#db.prepare(`SELECT count(*) AS count FROM ${table} WHERE block < ? IS NOT TRUE`)
          .get(firstBlock ?? 0)?.["count"],
      )
    );
    return {
      renewed: Number(renewed),
      through: Number(through),
      block: Number(block),
      messages: counts.reduce((sum, count) => sum + count, 0),
    };
  }

  /**
   * Returns true if the index has the words of the message with this number. Call
   * {@linkcode StoreReader.index} before, in the same transaction.
   */
  hasWords(message: number): boolean {
    return this.#words.some((words) => words.get(message) !== undefined);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#db.close();
  }

  /** Returns the tables of the index, one for each part. */
  #messageTables(): string[] {
    if (!this.#has("SELECT 1 FROM sqlite_schema WHERE name = 'part'")) {
      return [this.#index.messages];
    }
    return this.#db.prepare("SELECT number FROM part").all()
      .map(({ number }) => partTable(Number(number)));
  }

  #has(query: string): boolean {
    return this.#db.prepare(query).get() !== undefined;
  }

  #blocksIn(rows: readonly Row[]): Block[] {
    return rows.map((row) => {
      const { number, first, name, first_name, place, placeSum } = row;
      const ofPlace = { number: place, name, first_name, crc: placeSum };
      const events = this.#rows.read(isIntact("place", ofPlace) ? row : { ...row, events: "" });
      return {
        number: Number(number),
        first: String(first),
        key: String(name ?? first_name),
        placeNumber: Number(place),
        events: events ?? [],
        isDamaged: events === undefined,
      };
    });
  }
}

function* pages(read: (last: Block | undefined) => Block[]): Iterable<Block> {
  let last: Block | undefined;
  for (let page = read(last); page.length > 0; page = read(last)) {
    yield* page;
    last = page.at(-1);
  }
}
