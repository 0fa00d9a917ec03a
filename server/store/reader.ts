/**
 * Reads a server's database from another process, whether or not the server is running. It changes
 * nothing, does not make the server wait, and has little in memory at a time.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { EventId } from "../events/ids.ts";
import { readBlock } from "./blocks.ts";
import type { KeyedEvents } from "./journal.ts";
import { SQL } from "./statements.ts";
import type { HistoryKey } from "./store.ts";

/** A block of one history in the database. An archived history keeps its original key. */
export interface Block extends KeyedEvents {
  /** The number of the block; blocks are numbered in the order of their first events. */
  readonly number: number;
  /** The number of the history, which stays the same when its key changes. */
  readonly placeNumber: number;
}

/** The end of a database at one moment. */
export interface End {
  /** The number of the last block. */
  readonly block: number;
  /** The id of the last event. */
  readonly id: EventId;
}

/** The messages that are in the index: those of blocks up to `renewed`, and after `through` up to `block`. */
export interface IndexState {
  /** The last block of those that were renewed. */
  readonly renewed: number;
  /** The last block that is to be renewed. */
  readonly through: number;
  /** The last indexed block. */
  readonly block: number;
  /** The number of messages. */
  readonly messages: number;
}

/** The query for the blocks in the index, and the table with a row for each message in it. */
const INDEX = {
  progress: "SELECT renewed, through, block FROM progress",
  messages: "term_docsize",
};
/** The same for a database of version 1, which no server has opened since. */
const FORMER_INDEX: typeof INDEX = {
  progress: "SELECT block AS renewed, block AS through, block FROM indexed",
  messages: "word_docsize",
};

/**
 * The number of blocks that are read at a time: while a read lasts, the database's write-ahead log
 * grows.
 */
const BATCH = 200;

/** A database that is open for reading. */
export class StoreReader implements Disposable {
  readonly #db: DatabaseSync;
  readonly #index: typeof INDEX;
  readonly #word: StatementSync;

  /**
   * Opens the database in this file.
   *
   * @throws {Error} by SQLite, if it cannot be read.
   */
  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
    const isUpgraded = this.#db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'progress'")
      .get();
    this.#index = isUpgraded ? INDEX : FORMER_INDEX;
    this.#word = this.#db.prepare(`SELECT 1 FROM ${this.#index.messages} WHERE id = ?`);
  }

  /** Returns the end of the database now; `undefined` if it has no events. */
  end(): End | undefined {
    const { block, id } = this.#db.prepare(SQL.end).get() ?? {};
    return typeof id === "string" ? { block: Number(block), id } : undefined;
  }

  /** Yields the blocks of all histories after number `after`, up to number `through`. */
  *blocks(after = 0, through = Number.MAX_SAFE_INTEGER): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT block.number, first, coalesce(name, first_name) AS place,
          block.place AS placeNumber, events
        FROM block JOIN place ON place.number = block.place
        WHERE block.number > ? AND block.number <= ? ORDER BY block.number LIMIT ?`,
    );
    yield* pages((last) => next.all(last?.number ?? after, through, BATCH).map(asBlock));
  }

  /** Yields the blocks of one history, up to number `through`. */
  *blocksOf(key: HistoryKey, through = Number.MAX_SAFE_INTEGER): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT block.number, first, name AS place, block.place AS placeNumber, events
        FROM place JOIN block ON block.place = place.number
        WHERE name = ? AND first > ? AND block.number <= ? ORDER BY first LIMIT ?`,
    );
    yield* pages((last) => next.all(key, last?.first ?? "", through, BATCH).map(asBlock));
  }

  /** Returns the keys of all histories that can still be read under a key. */
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
    const { progress, messages } = this.#index;
    const { renewed, through, block } = this.#db.prepare(progress).get() ?? {};
    const { count } = this.#db.prepare(`SELECT count(*) AS count FROM ${messages}`).get() ?? {};
    return {
      renewed: Number(renewed),
      through: Number(through),
      block: Number(block),
      messages: Number(count),
    };
  }

  /** Returns true if the index has the words of the message with this number. */
  hasWords(message: number): boolean {
    return this.#word.get(message) !== undefined;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#db.close();
  }
}

function* pages(read: (last: Block | undefined) => Block[]): Iterable<Block> {
  let last: Block | undefined;
  for (let page = read(last); page.length > 0; page = read(last)) {
    yield* page;
    last = page.at(-1);
  }
}

function asBlock(
  { number, first, place: key, placeNumber, events }: Record<string, unknown>,
): Block {
  return {
    number: Number(number),
    first: String(first),
    key: String(key),
    placeNumber: Number(placeNumber),
    events: readBlock(String(events)),
  };
}
