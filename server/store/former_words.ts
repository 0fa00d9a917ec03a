/**
 * The full-text index of databases of version 1. It is searched until all of its messages are in
 * the new index. Then it is deleted a little at a time, because one `DROP TABLE` of the whole index
 * takes too long.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EventId, numberOf } from "../events/ids.ts";
import {
  type FindStatements,
  findTerms,
  type FoundWords,
  phrase,
  prepareFind,
  type WordSearch,
} from "./word_search.ts";

/** The large tables in which FTS5 keeps the index, and the names that they get before their deletion. */
const TABLES: Readonly<Record<string, string>> = {
  word_data: "former_data",
  word_content: "former_content",
  word_docsize: "former_docsize",
};
/** The number of rows that are deleted in one transaction: at most as many pages of 4 KiB. */
const BATCH_ROWS = 100;
/** The smallest number of letters of a word that also matches longer words. */
const PREFIX_LENGTH = 3;
/** The largest number of words of a search; further words are ignored. */
const WORD_LIMIT = 16;

/** The index of version 1 in one database. */
export class FormerWords {
  readonly #db: DatabaseSync;
  /** Absent when the index is being deleted. */
  #search: { readonly remove: StatementSync; readonly find: FindStatements } | undefined;

  private constructor(db: DatabaseSync, isSearched: boolean) {
    this.#db = db;
    if (!isSearched) return;
    this.#search = {
      remove: db.prepare("DELETE FROM word WHERE rowid = ?"),
      find: prepareFind(db, "word"),
    };
  }

  /** Returns the index in `db`; `undefined` if nothing is left of it. */
  static in(db: DatabaseSync): FormerWords | undefined {
    const isSearched = hasTable(db, "word");
    if (!isSearched && !Object.values(TABLES).some((name) => hasTable(db, name))) return undefined;
    return new FormerWords(db, isSearched);
  }

  /** True until the index is retired. */
  get isSearched(): boolean {
    return this.#search !== undefined;
  }

  /** Removes the words of an event. */
  remove(id: EventId): void {
    this.#search?.remove.run(numberOf(id));
  }

  /** Returns the messages that this index finds, with the rules of version 1. */
  find(search: WordSearch): FoundWords[] {
    return this.#search ? findTerms(this.#search.find, search, termsOf(search.words)) : [];
  }

  /** Stops the search of this index, so that it can be deleted. */
  retire(): void {
    // FTS5 does not drop these tables with its own after they are renamed.
    const renames = Object.entries(TABLES).map(([from, to]) =>
      `ALTER TABLE ${from} RENAME TO ${to}`
    );
    this.#db.exec(
      `BEGIN IMMEDIATE; ${renames.join("; ")}; DROP TABLE word; DROP TABLE indexed; COMMIT`,
    );
    this.#search = undefined;
  }

  /** Deletes rows until about this time of `performance`; returns true if nothing is left. */
  delete(until: number): boolean {
    for (const table of Object.values(TABLES)) {
      if (!hasTable(this.#db, table)) continue;
      const rows = this.#db.prepare(
        `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ORDER BY id LIMIT ${BATCH_ROWS})`,
      );
      while (Number(rows.run().changes) > 0) if (performance.now() >= until) return false;
      this.#db.exec(`DROP TABLE ${table}`);
    }
    return true;
  }
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(name) !== undefined;
}

/** Returns the terms of a search by the rules of version 1. */
function termsOf(search: string): string[] {
  const words = spaceOut(search).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.slice(0, WORD_LIMIT)
    .map((word) => `text : ${phrase(word)}${word.length >= PREFIX_LENGTH ? " *" : ""}`);
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
