/**
 * The full-text index of messages, in parts. Messages are indexed after they were delivered, for a
 * few milliseconds at a time, so that no client waits for the index. The index of an earlier
 * version is renewed in the same way; until then, both are searched.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { casefold } from "../../protocol.ts";
import type { Event } from "../events/events.ts";
import { type EventId, numberOf, textOf } from "../events/ids.ts";
import type { BlockRows } from "./block_rows.ts";
import { type FormerIndex, formerIndexes } from "./former_words.ts";
import { OldTables } from "./old_tables.ts";
import { BLOCK } from "./statements.ts";
import { partsOf, termsOf, wordsOf } from "./terms.ts";
import { Findings } from "./findings.ts";
import { type WordPart, WordParts } from "./word_parts.ts";
import {
  type FindStatements,
  findTerms,
  type FoundWords,
  type IdRange,
  placeWord,
  slicesOf,
  type WordSearch,
} from "./word_search.ts";

/** The largest number of parts that one search looks at: about a million messages. */
const PARTS_LIMIT = 100;

/** The result of a search. */
export interface WordsFound {
  /** The messages that were found, in order. */
  readonly found: readonly FoundWords[];
  /**
   * The id at which the search stopped; it looked at all messages between the end where it began
   * and this id. Absent if it looked at all messages.
   */
  readonly cut?: EventId;
}

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
  readonly #parts: WordParts;
  readonly #tables: OldTables;
  /** The indexes of earlier versions that are searched until their messages are in the parts. */
  #former: readonly FormerIndex[];

  /** Opens the index in `db`, whose blocks `rows` reads. */
  constructor(db: DatabaseSync, rows: BlockRows, partMessages: number) {
    this.#db = db;
    this.#tables = new OldTables(db);
    this.#parts = new WordParts(db, this.#tables, partMessages);
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
    this.#former = formerIndexes(db);
  }

  /** Sets the number of messages that fill a part. */
  set partMessages(count: number) {
    this.#parts.size = count;
  }

  /**
   * Indexes new blocks until about `until`, a time of `performance.now()`; at least one block if
   * there is one. Returns false if there was none.
   */
  advance(until: number): boolean {
    return this.#index(this.#new, this.#parts.newest(), until);
  }

  /** Renews the index of an earlier version until about `until`, a time of `performance.now()`. */
  renew(until: number): void {
    const [former, ...others] = this.#former;
    if (!former || performance.now() >= until) return;
    if (this.#index(this.#old, this.#parts.newest(), until)) return;
    former.isSearched = false;
    this.#tables.retire(former.table, former.rest);
    this.#former = others;
  }

  /**
   * True while an index of an earlier version is being renewed, or an old index or part is being
   * deleted, so the database will shrink.
   */
  get isShrinking(): boolean {
    return this.#former.length > 0 || !this.#tables.isEmpty;
  }

  /** Removes the words of an event. */
  remove(id: EventId): void {
    this.#parts.remove(numberOf(id));
    for (const index of this.#former) index.remove(id);
  }

  /**
   * Frees space of removed messages until about `until`, a time of `performance.now()`: of single
   * messages, and of all messages in blocks before `firstBlock`.
   */
  merge(firstBlock: number, until: number): void {
    this.#parts.merge(firstBlock);
    this.#tables.delete(until);
  }

  /**
   * Returns the first or the last messages that match one of `searches`, in order. Each step
   * searches one slice of a part of the index, and the number of parts is limited. The searches may
   * differ only in their histories and ranges.
   */
  *find(searches: readonly WordSearch[]): Generator<void, WordsFound, void> {
    const [search] = searches;
    if (!search) return { found: [] };
    const { from, words } = search;
    const range = rangeOf(searches);
    const findings = new Findings(search);
    for (const index of this.#former) {
      const { statements } = index;
      const terms = index.termsOf(words);
      const isLeft = () => index.isSearched;
      yield* findIn({ statements, range, searches, terms, isLeft }, findings);
    }
    const terms = termsOf(words);
    let looked = 0;
    for (const part of this.#parts.between(range, from)) {
      if (part.isDropped) continue;
      const end = from === "first" ? part.first : part.last;
      if (findings.areCompleteBefore(end)) break;
      if (looked++ === PARTS_LIMIT) return { found: findings.found, cut: textOf(end) };
      const isLeft = () => !part.isDropped;
      yield* findIn({ statements: part.find, range, searches, terms, isLeft }, findings);
    }
    return { found: findings.found };
  }

  /** Indexes the next blocks of `queue` until about `until`; returns false if there were none. */
  #index(queue: Queue, part: WordPart, until: number): boolean {
    const { blocks, advanced } = queue;
    if (!blocks.get()) return false;
    this.#db.exec("BEGIN IMMEDIATE");
    let last = 0;
    for (const row of blocks.iterate()) {
      last = Number(row["number"]);
      for (const event of this.#rows.read(row) ?? []) {
        addEvent(part, Number(row["place"]), last, event);
      }
      if (performance.now() >= until || this.#parts.isFull(part)) break;
    }
    this.#parts.save(part);
    advanced.run(last);
    this.#db.exec("COMMIT");
    return true;
  }
}

/** An index to be searched. */
interface Searched {
  readonly statements: FindStatements;
  readonly range: IdRange;
  readonly searches: readonly WordSearch[];
  readonly terms: readonly string[];
  /** Returns true until its table is being deleted. */
  readonly isLeft: () => boolean;
}

/** Adds the messages found in one index, in steps. */
function* findIn(
  { statements, range, searches, terms, isLeft }: Searched,
  findings: Findings,
): Generator<void, void, void> {
  for (const slice of slicesOf(statements, range, findings.from)) {
    if (findings.areCompleteBefore(findings.from === "first" ? slice[0] : slice[1])) return;
    for (const each of searches) {
      findings.add(findTerms(statements, each, terms, slice));
      yield;
      if (!isLeft()) return;
    }
  }
}

function addEvent(part: WordPart, place: number, block: number, event: Event): void {
  if (event.type !== "Said" || event.text === "") return;
  const { id, by, text } = event;
  part.add({
    id: numberOf(id),
    place: placeWord(place),
    nick: casefold(by.nick),
    text: wordsOf(text),
    part: partsOf(text),
    block,
  });
}

/** Returns the range of ids that contains the ranges of all `searches`. */
function rangeOf(searches: readonly WordSearch[]): IdRange {
  const after = searches.map((search) => search.after ? numberOf(search.after) : 0);
  const before = searches.map((search) => search.before ? numberOf(search.before) : Infinity);
  return [Math.min(...after), Math.max(...before)];
}
