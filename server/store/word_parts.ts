/**
 * Divides the full-text index into parts of limited size. Each part is a table. A search looks at
 * one part at a time, so that none of its steps takes long, even with many messages. Messages are
 * in the order of their blocks, so the ranges of ids of neighboring parts may overlap.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { End } from "./store.ts";
import { type FindStatements, prepareFind } from "./word_search.ts";

/**
 * The number of messages at which the newest part is full. The first part of an upgraded database
 * may be larger.
 */
export const PART_MESSAGES = 10_000;

/** A message, as the index has it. */
export interface IndexedMessage {
  /** The number of its id. */
  readonly id: number;
  /** The word that stands for its history. */
  readonly place: string;
  /** The folded nick of its author. */
  readonly nick: string;
  /** Its words. */
  readonly text: string;
  /** Its letters, in some scripts (`terms.ts`). */
  readonly part: string;
  /** The number of its block. */
  readonly block: number;
}

/** Returns the table of the part with this number. */
export function partTable(number: number): string {
  return number === 0 ? "term" : `words_${number}`;
}

/** One part. */
export class WordPart {
  /** The number; later parts have higher ones. */
  readonly number: number;
  /** The least number of the ids that were added. */
  first: number;
  /** The greatest number of the ids that were added. */
  last: number;
  /** The number of messages that were added. */
  messages: number;
  /** True once its table is dropped. */
  isDropped = false;
  readonly #db: DatabaseSync;
  #add: StatementSync | undefined;
  #remove: StatementSync | undefined;
  #find: FindStatements | undefined;

  /** Opens the part that a row of the table `part` describes. */
  constructor(db: DatabaseSync, row: Readonly<Record<string, unknown>>) {
    this.#db = db;
    this.number = Number(row["number"]);
    this.messages = Number(row["messages"]);
    this.first = this.messages === 0 ? Infinity : Number(row["first"]);
    this.last = this.messages === 0 ? -Infinity : Number(row["last"]);
  }

  /** The name of its table. */
  get table(): string {
    return partTable(this.number);
  }

  /** The statements that search it. */
  get find(): FindStatements {
    return this.#find ??= prepareFind(this.#db, this.table);
  }

  /** Adds a message. */
  add({ id, place, nick, text, part, block }: IndexedMessage): void {
    this.#add ??= this.#db.prepare(
      `INSERT INTO ${this.table} (rowid, place, nick, text, part, block) VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#add.run(id, place, nick, text, part, block);
    this.first = Math.min(this.first, id);
    this.last = Math.max(this.last, id);
    this.messages++;
  }

  /** Removes a message, if it is in this part. */
  remove(id: number): void {
    this.#remove ??= this.#db.prepare(`DELETE FROM ${this.table} WHERE rowid = ?`);
    this.#remove.run(id);
  }
}

/** The parts of one index, the oldest first. */
export class WordParts {
  readonly #db: DatabaseSync;
  readonly #size: number;
  #parts: readonly WordPart[];
  readonly #save: StatementSync;
  /** The parts from which messages were removed since their last {@linkcode WordParts.merge}. */
  readonly #shrunk = new Set<WordPart>();

  /** Opens the parts in `db`; a part is full when it has `size` messages. */
  constructor(db: DatabaseSync, size: number = PART_MESSAGES) {
    this.#db = db;
    this.#size = size;
    this.#parts = db.prepare("SELECT number, first, last, messages FROM part ORDER BY number").all()
      .map((row) => new WordPart(db, row));
    this.#save = db.prepare("UPDATE part SET first = ?, last = ?, messages = ? WHERE number = ?");
  }

  /** The oldest part, which also gets the messages from the index of an earlier version. */
  get oldest(): WordPart {
    const [oldest] = this.#parts;
    if (!oldest) throw new Error("the index has no parts");
    return oldest;
  }

  /**
   * Returns the part for new messages; creates it if the newest part is full. Must not be in a
   * transaction.
   */
  newest(): WordPart {
    const newest = this.#parts.at(-1) ?? this.oldest;
    if (!this.isFull(newest)) return newest;
    const row = { number: newest.number + 1, first: 0, last: 0, messages: 0 };
    this.#db.exec(
      `BEGIN IMMEDIATE;
      CREATE VIRTUAL TABLE ${partTable(row.number)} USING fts5 (
        place, nick, text, part, block UNINDEXED,
        content = '', contentless_delete = 1, contentless_unindexed = 1,
        tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
      );
      INSERT INTO part VALUES (${row.number}, 0, 0, 0);
      COMMIT`,
    );
    const created = new WordPart(this.#db, row);
    this.#parts = [...this.#parts, created];
    return created;
  }

  /** Returns true if `part` takes no more messages. */
  isFull(part: WordPart): boolean {
    return part.messages >= this.#size;
  }

  /** Saves the range of a part that has got messages. */
  save({ number, first, last, messages }: WordPart): void {
    if (messages > 0) this.#save.run(first, last, messages, number);
  }

  /** Removes a message. */
  remove(id: number): void {
    for (const part of this.#parts) {
      if (id < part.first || id > part.last) continue;
      part.remove(id);
      this.#shrunk.add(part);
    }
  }

  /** Returns the parts with ids between two numbers, in the order in which to search them. */
  between(after: number, before: number, from: End): WordPart[] {
    const parts = this.#parts.filter(({ first, last }) => last > after && first < before);
    return from === "first"
      ? parts.sort((one, other) => one.first - other.first)
      : parts.sort((one, other) => other.last - one.last);
  }

  /**
   * Frees some space of the messages that were removed from one part. The index removes deleted
   * words only when it is merged (SQLite FTS5, "merge"), or with an empty part.
   */
  merge(): void {
    const [part] = this.#shrunk;
    if (!part) return;
    this.#shrunk.delete(part);
    const { table, number } = part;
    const isEmpty = this.#db.prepare(`SELECT 1 FROM ${table}_docsize LIMIT 1`).get() === undefined;
    if (!isEmpty || number === 0 || part === this.#parts.at(-1)) {
      return this.#db.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', 16)`);
    }
    this.#db.exec(
      `BEGIN IMMEDIATE; DROP TABLE ${table}; DELETE FROM part WHERE number = ${number}; COMMIT`,
    );
    part.isDropped = true;
    this.#parts = this.#parts.filter((each) => each !== part);
  }
}
