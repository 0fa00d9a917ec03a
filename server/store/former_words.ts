/**
 * The full-text indexes of earlier versions, which have no parts. They are searched until all of
 * their messages are in the new index, and then deleted a little at a time.
 *
 * In these indexes, a word of a search matches only the whole word, and no longer words that begin
 * with it. Otherwise, SQLite would look at all messages with any such word in one step. But a step
 * must take a short time, however many messages there are.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EventId, numberOf } from "../events/ids.ts";
import { termsOf } from "./terms.ts";
import { partTable } from "./word_parts.ts";
import { type FindStatements, phrase, prepareFind } from "./word_search.ts";

/** The table of version 1. */
const FIRST_VERSION = "word";
/**
 * The table of later versions whose index had no parts. It has the name of the first part's table,
 * but is not a part, because its size is not limited.
 */
const UNDIVIDED = partTable(0);
/** The largest number of words of a search in version 1; further words are ignored. */
const WORD_LIMIT = 16;

/** An index of an earlier version that is still searched. */
export class FormerIndex {
  /** The statements that search it. */
  readonly statements: FindStatements;
  /** Converts the words of a search to the terms of this index. */
  readonly termsOf: (words: string) => readonly string[];
  /** The name of its table. */
  readonly table: string;
  /** A statement that drops another table of this index; empty if there is none. */
  readonly rest: string;
  /** True until all its messages are in the new index. */
  isSearched = true;
  readonly #remove: StatementSync;

  /** Opens the index in the table `table`. */
  constructor(
    db: DatabaseSync,
    table: string,
    termsOf: (words: string) => readonly string[],
    rest = "",
  ) {
    this.table = table;
    this.rest = rest;
    this.statements = prepareFind(db, table);
    this.termsOf = termsOf;
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE rowid = ?`);
  }

  /** Removes the words of an event. */
  remove(id: EventId): void {
    this.#remove.run(numberOf(id));
  }
}

/** Returns the indexes of earlier versions in `db` that are still searched. */
export function formerIndexes(db: DatabaseSync): FormerIndex[] {
  const indexes: FormerIndex[] = [];
  if (hasTable(db, FIRST_VERSION)) {
    indexes.push(new FormerIndex(db, FIRST_VERSION, firstTermsOf, "DROP TABLE indexed"));
  }
  if (isUndivided(db)) {
    indexes.push(new FormerIndex(db, UNDIVIDED, (words) => termsOf(words, true)));
  }
  return indexes;
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(name) !== undefined;
}

/** Returns true if a table has the name of the first part's table, but is not a part. */
function isUndivided(db: DatabaseSync): boolean {
  return hasTable(db, UNDIVIDED) &&
    db.prepare("SELECT 1 FROM part WHERE number = 0").get() === undefined;
}

/** Converts a search to the terms of an index of version 1. */
function firstTermsOf(search: string): string[] {
  const words = spaceOut(search).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.slice(0, WORD_LIMIT).map((word) => `text : ${phrase(word)}`);
}

/**
 * Puts spaces around each Chinese or Japanese character, because these scripts have no spaces
 * between words.
 */
function spaceOut(text: string): string {
  return text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu, (letters) => {
    return ` ${[...letters].join(" ")} `;
  });
}
