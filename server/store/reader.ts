/**
 * Reads what a server keeps beside that server, which need not be running: nothing is changed, nobody
 * is kept waiting, and little is in memory at a time.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { EventId } from "../ids.ts";
import { readBlock } from "./blocks.ts";
import type { Happened } from "./journal.ts";
import { SQL } from "./statements.ts";
import type { Place } from "./store.ts";

/**
 * What happened in one place, as the database has it. If its history is set aside, the place is the
 * name that it had at first.
 */
export interface Block extends Happened {
  /** Blocks are numbered in the order of their first events. */
  readonly number: number;
  /** The number of the place, which keeps it under other names. */
  readonly placeNumber: number;
}

/** Up to where a database goes at some moment. */
export interface End {
  /** The number of the last block. */
  readonly block: number;
  /** The id of the last event. */
  readonly id: EventId;
}

/** So many blocks are read at a time: as long as a reading lasts, the server's log of changes grows. */
const BLOCKS = 200;

/** A database that is read; see the module. */
export class StoreReader implements Disposable {
  readonly #db: DatabaseSync;
  readonly #word: StatementSync;

  /**
   * Opens the database in that file.
   *
   * @throws {Error} by SQLite, if it cannot be read.
   */
  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
    this.#word = this.#db.prepare("SELECT 1 FROM word_docsize WHERE id = ?");
  }

  /** Up to where it goes now; `undefined` if it has nothing. */
  end(): End | undefined {
    const { block, id } = this.#db.prepare(SQL.end).get() ?? {};
    return typeof id === "string" ? { block: Number(block), id } : undefined;
  }

  /** All history from behind the block with the number `after`, and up to that of number `through`. */
  *blocks(after = 0, through = Number.MAX_SAFE_INTEGER): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT block.number, first, coalesce(name, first_name) AS place,
          block.place AS placeNumber, events
        FROM block JOIN place ON place.number = block.place
        WHERE block.number > ? AND block.number <= ? ORDER BY block.number LIMIT ?`,
    );
    yield* pages((last) => next.all(last?.number ?? after, through, BLOCKS).map(asBlock));
  }

  /** The history of a place, up to the block of number `through`. */
  *blocksOf(place: Place, through = Number.MAX_SAFE_INTEGER): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT block.number, first, name AS place, block.place AS placeNumber, events
        FROM place JOIN block ON block.place = place.number
        WHERE name = ? AND first > ? AND block.number <= ? ORDER BY first LIMIT ?`,
    );
    yield* pages((last) => next.all(place, last?.first ?? "", through, BLOCKS).map(asBlock));
  }

  /** Does `read`, all of which finds the database as it is at this moment. */
  atOnce<T>(read: () => T): T {
    this.#db.exec("BEGIN");
    try {
      return read();
    } finally {
      this.#db.exec("ROLLBACK");
    }
  }

  /** What SQLite finds when it looks at everything: `ok`, or the first thing that is wrong. */
  integrity(): string {
    return String(this.#db.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"]);
  }

  /** Up to which block the index goes, and of how many messages it has the words. */
  index(): { readonly upTo: number; readonly messages: number } {
    const upTo = this.#db.prepare("SELECT block FROM indexed").get()?.["block"];
    const messages = this.#db.prepare("SELECT count(*) AS count FROM word_docsize").get()
      ?.["count"];
    return { upTo: Number(upTo), messages: Number(messages) };
  }

  /** Whether the index has the words of the message with that number. */
  hasWords(message: number): boolean {
    return this.#word.get(message) !== undefined;
  }

  /** Lets go of the file. */
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

function asBlock({ number, first, place, placeNumber, events }: Record<string, unknown>): Block {
  return {
    number: Number(number),
    first: String(first),
    place: String(place),
    placeNumber: Number(placeNumber),
    events: readBlock(String(events)),
  };
}
