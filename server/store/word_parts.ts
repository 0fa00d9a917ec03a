/**
 * Divides the full-text index into parts of limited size. Each part is a table. A search looks at
 * one part at a time, so that none of its steps takes long, even with many messages. Messages are
 * in the order of their blocks, so the ranges of ids of neighboring parts may overlap.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { OldTables } from "./old_tables.ts";
import type { End } from "./store.ts";
import { type FindStatements, type IdRange, prepareFind } from "./word_search.ts";

/**
 * The number of messages at which a part is full. Blocks are not divided, so a part may have more.
 */
const PART_MESSAGES = 10_000;
/**
 * A part is full at one message for each of this many bytes of the database's size limit. The words
 * of a deleted message stay until all messages of its part are deleted, so a part must be small
 * compared with the limit.
 */
const BYTES_PER_MESSAGE = 2000;
/**
 * A message counts as one more for each of this many letters, so that long messages do not make a
 * part too large.
 */
const COUNTED_LETTERS = 100;

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

/** Returns the number of messages that fill a part, if the database has this size limit. */
export function partSize(keepBytes = Infinity): number {
  return Math.max(1, Math.min(PART_MESSAGES, Math.floor(keepBytes / BYTES_PER_MESSAGE)));
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
  /** The number of messages that were added; long ones count more than once. */
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
    this.messages += 1 + Math.floor(text.length / COUNTED_LETTERS);
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
  /** The number of messages that fill a part. */
  size: number;
  #parts: readonly WordPart[];
  readonly #save: StatementSync;
  /**
   * The parts from which single messages were removed since {@linkcode WordParts.merge} last
   * handled them.
   */
  readonly #shrunk = new Set<WordPart>();
  /**
   * The number of the first block in the database when the oldest part was last checked. The part
   * still had blocks then, so it is checked again only after the first block is deleted.
   */
  #checkedBlock = 0;
  readonly #old: OldTables;

  /**
   * Opens the parts in `db`; a part is full when it has `size` messages. Retires empty parts with
   * `old`.
   */
  constructor(db: DatabaseSync, old: OldTables, size: number) {
    this.#db = db;
    this.size = size;
    this.#parts = db.prepare("SELECT number, first, last, messages FROM part ORDER BY number").all()
      .map((row) => new WordPart(db, row));
    this.#old = old;
    this.#save = db.prepare("UPDATE part SET first = ?, last = ?, messages = ? WHERE number = ?");
  }

  /**
   * Returns the part that messages are added to; creates it if the one before is full. Must not be
   * in a transaction.
   */
  newest(): WordPart {
    const newest = this.#parts.at(-1);
    if (newest && !this.isFull(newest)) return newest;
    const row = { number: (newest?.number ?? 0) + 1, first: 0, last: 0, messages: 0 };
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
    return part.messages >= this.size;
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

  /** Returns the parts with ids between two numbers, in the order in which they are searched. */
  between([after, before]: IdRange, from: End): WordPart[] {
    const parts = this.#parts.filter(({ first, last }) => last > after && first < before);
    return from === "first"
      ? parts.sort((one, other) => one.first - other.first)
      : parts.sort((one, other) => other.last - one.last);
  }

  /**
   * Frees some of the space of removed messages. Merges a part from which single messages were
   * removed, to drop their words (https://www.sqlite.org/fts5.html, "The 'merge' Command"). Retires
   * the oldest part if all its blocks come before `firstBlock`, because these blocks were removed.
   */
  merge(firstBlock: number): void {
    const [part] = this.#shrunk;
    if (part) {
      this.#shrunk.delete(part);
      this.#db.exec(`INSERT INTO ${part.table} (${part.table}, rank) VALUES ('merge', 16)`);
    }
    this.#retireOldest(firstBlock);
  }

  /**
   * Retires the oldest part if none of its blocks exists any more. Ignores the part that still
   * takes messages.
   */
  #retireOldest(firstBlock: number): void {
    if (firstBlock === this.#checkedBlock) return;
    const [part] = this.#parts.slice(0, -1).sort((one, other) => one.last - other.last);
    if (part && !this.#hasBlocks(part, firstBlock)) this.#retire(part);
    else this.#checkedBlock = firstBlock;
  }

  /** Returns true if a part has messages of the block numbered `firstBlock` or of later ones. */
  #hasBlocks({ table }: WordPart, firstBlock: number): boolean {
    // The message with the greatest id is usually in the last block, so it is checked first.
    const last = this.#db.prepare(`SELECT block FROM ${table} ORDER BY rowid DESC LIMIT 1`).get();
    if (Number(last?.["block"]) >= firstBlock) return true;
    const some = this.#db.prepare(`SELECT 1 FROM ${table} WHERE block >= ? LIMIT 1`);
    return some.get(firstBlock) !== undefined;
  }

  #retire(part: WordPart): void {
    part.isDropped = true;
    this.#old.retire(part.table, `DELETE FROM part WHERE number = ${part.number}`);
    this.#parts = this.#parts.filter((each) => each !== part);
    this.#shrunk.delete(part);
  }
}
