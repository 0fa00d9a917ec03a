/**
 * Reads the database of a server beside that server, which need not be running: nothing is changed,
 * nobody is kept waiting, and little is in memory at a time.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { casefold } from "../../protocol.ts";
import type { Event } from "../events.ts";
import { readBlock } from "./blocks.ts";
import type { Place } from "./store.ts";

/** What happened in one place in one turn. */
export interface Block {
  /** Blocks are numbered in the order of time. */
  readonly number: number;
  /** Where; the name it had at first, where its history is set aside. */
  readonly place: Place;
  /** The number of the place, which keeps it under other names. */
  readonly placeNumber: number;
  /** What happened, in order. */
  readonly events: readonly Event[];
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

  /** All history, in the order of time, from behind the block with the number `after`. */
  *blocks(after = 0): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT block.number, coalesce(name, first_name) AS place, block.place AS placeNumber, events
        FROM block JOIN place ON place.number = block.place
        WHERE block.number > ? ORDER BY block.number LIMIT ?`,
    );
    yield* pages((last) => next.all(last?.number ?? after, BLOCKS).map(blockOf));
  }

  /** The history of a place, in the order of time. */
  *blocksOf(place: Place): Iterable<Block> {
    const next = this.#db.prepare(
      `SELECT block.number, name AS place, block.place AS placeNumber, events
        FROM place JOIN block ON block.place = place.number
        WHERE name = ? AND first > ? ORDER BY first LIMIT ?`,
    );
    const name = casefold(place);
    yield* pages((last) => next.all(name, last?.events.at(-1)?.id ?? "", BLOCKS).map(blockOf));
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

function blockOf({ number, place, placeNumber, events }: Record<string, unknown>): Block {
  return {
    number: Number(number),
    place: String(place),
    placeNumber: Number(placeNumber),
    events: readBlock(String(events)),
  };
}
