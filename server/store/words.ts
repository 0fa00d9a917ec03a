/**
 * The full-text index of messages. Messages are indexed after they were delivered, for a few
 * milliseconds at a time, so that no client waits for it. The index of an earlier version is renewed in
 * the same way; until then, both are searched.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { casefold } from "../../protocol.ts";
import type { Event } from "../events/events.ts";
import { type EventId, numberOf } from "../events/ids.ts";
import type { BlockRows } from "./block_rows.ts";
import { FormerWords } from "./former_words.ts";
import { BLOCK } from "./statements.ts";
import { partsOf, termsOf, wordsOf } from "./terms.ts";
import {
  type FindStatements,
  findTerms,
  type FoundWords,
  placeWord,
  prepareFind,
  type WordSearch,
} from "./word_search.ts";

/** The blocks that are indexed next, and the statement that records the last one. */
interface Queue {
  readonly blocks: StatementSync;
  readonly advanced: StatementSync;
}

/** The index of one database. */
export class WordIndex {
  readonly #db: DatabaseSync;
  readonly #rows: BlockRows;
  readonly #new: Queue;
  readonly #old: Queue;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #find: FindStatements;
  /** The index of an earlier version; `undefined` if nothing is left of it. */
  #former: FormerWords | undefined;

  /** Opens the index in `db`, whose blocks `rows` reads. */
  constructor(db: DatabaseSync, rows: BlockRows) {
    this.#db = db;
    this.#rows = rows;
    this.#new = {
      blocks: db.prepare(
        `SELECT ${BLOCK} FROM block
          WHERE number > (SELECT block FROM progress) ORDER BY number`,
      ),
      advanced: db.prepare("UPDATE progress SET block = ?"),
    };
    this.#old = {
      blocks: db.prepare(
        `SELECT ${BLOCK} FROM block
          WHERE number > (SELECT renewed FROM progress)
            AND number <= (SELECT through FROM progress) ORDER BY number`,
      ),
      advanced: db.prepare("UPDATE progress SET renewed = ?"),
    };
    this.#add = db.prepare(
      "INSERT INTO term (rowid, place, nick, text, part, block) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#remove = db.prepare("DELETE FROM term WHERE rowid = ?");
    this.#find = prepareFind(db, "term");
    this.#former = FormerWords.in(db);
  }

  /** Indexes new blocks until about this time of `performance`, at least one block if there is one. */
  advance(until: number): void {
    this.#index(this.#new, until);
  }

  /** Renews the index of an earlier version until about this time of `performance`. */
  renew(until: number): void {
    if (this.#former === undefined || performance.now() >= until) return;
    if (this.#index(this.#old, until)) return;
    if (this.#former.isSearched) this.#former.retire();
    else if (this.#former.delete(until)) this.#former = undefined;
  }

  /** Removes the words of an event. */
  remove(id: EventId): void {
    this.#remove.run(numberOf(id));
    this.#former?.remove(id);
  }

  /** Returns the first or the last messages that match, in no particular order. */
  find(search: WordSearch): FoundWords[] {
    const found = findTerms(this.#find, search, termsOf(search.words));
    if (!this.#former?.isSearched) return found;
    const all = [...found, ...this.#former.find(search)];
    return [...new Map(all.map((each) => [each.id, each])).values()];
  }

  /** Returns false if there is no block to index. */
  #index({ blocks, advanced }: Queue, until: number): boolean {
    if (!blocks.get()) return false;
    this.#db.exec("BEGIN IMMEDIATE");
    let last = 0;
    for (const row of blocks.iterate()) {
      last = Number(row["number"]);
      for (const event of this.#rows.read(row) ?? []) {
        this.#addEvent(Number(row["place"]), last, event);
      }
      if (performance.now() >= until) break;
    }
    advanced.run(last);
    this.#db.exec("COMMIT");
    return true;
  }

  #addEvent(place: number, block: number, event: Event): void {
    if (event.type !== "Said" || event.text === "") return;
    const { id, by, text } = event;
    const nick = casefold(by.nick);
    this.#add.run(numberOf(id), placeWord(place), nick, wordsOf(text), partsOf(text), block);
  }
}
