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
import { FormerWords } from "./former_words.ts";
import { BLOCK } from "./statements.ts";
import { partsOf, termsOf, wordsOf } from "./terms.ts";
import { type WordPart, WordParts } from "./word_parts.ts";
import { findTerms, type FoundWords, placeWord, type WordSearch } from "./word_search.ts";

/** The largest number of parts that one search looks at. These have about a million messages. */
const PARTS_LIMIT = 100;

/** The result of a search. */
export interface WordsFound {
  /** The messages that were found, in order. */
  readonly found: readonly FoundWords[];
  /**
   * The id up to which the search looked at all messages, from the end where it began; absent if it
   * looked at all.
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
  /** The index of an earlier version; `undefined` if nothing is left of it. */
  #former: FormerWords | undefined;

  /** Opens the index in `db`, whose blocks `rows` reads. */
  constructor(db: DatabaseSync, rows: BlockRows, partMessages?: number) {
    this.#db = db;
    this.#parts = new WordParts(db, partMessages);
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
    this.#former = FormerWords.in(db);
  }

  /** Indexes new blocks until about this time of `performance`, at least one block if there is one. */
  advance(until: number): void {
    this.#index(this.#new, this.#parts.newest(), until);
  }

  /** Renews the index of an earlier version until about this time of `performance`. */
  renew(until: number): void {
    if (this.#former === undefined || performance.now() >= until) return;
    if (this.#index(this.#old, this.#parts.oldest, until)) return;
    if (this.#former.isSearched) this.#former.retire();
    else if (this.#former.delete(until)) this.#former = undefined;
  }

  /** Removes the words of an event. */
  remove(id: EventId): void {
    this.#parts.remove(numberOf(id));
    this.#former?.remove(id);
  }

  /** Frees space of removed messages, a little at a time. */
  merge(): void {
    this.#parts.merge();
  }

  /**
   * Returns the first or the last messages that match one of `searches`, in order. The searches
   * differ only in their histories. Each step looks at one part of the index, and the number of
   * parts is limited.
   */
  *find(searches: readonly WordSearch[]): Generator<void, WordsFound, void> {
    const [search] = searches;
    if (!search) return { found: [] };
    const { from, limit, words } = search;
    const terms = termsOf(words);
    let found: FoundWords[] = [];
    const add = (more: readonly FoundWords[]): void => {
      const all = [...new Map([...found, ...more].map((each) => [each.id, each])).values()]
        .sort((one, other) => one.id < other.id ? -1 : 1);
      found = from === "first" ? all.slice(0, limit) : all.slice(-limit);
    };
    if (this.#former?.isSearched) { for (const each of searches) add(this.#former.find(each)); }
    let looked = 0;
    for (const part of this.#parts.between(...rangeOf(searches), from)) {
      if (part.isDropped) continue;
      const end = from === "first" ? part.first : part.last;
      const worst = numberOf((from === "first" ? found.at(-1) : found[0])?.id ?? "");
      if (found.length >= limit && (from === "first" ? end > worst : end < worst)) break;
      if (looked++ === PARTS_LIMIT) return { found, cut: textOf(end) };
      for (const each of searches) {
        add(findTerms(part.find, each, terms));
        yield;
        if (part.isDropped) break;
      }
    }
    return { found };
  }

  /** Returns false if there is no block to index. */
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
      if (performance.now() >= until || queue === this.#new && this.#parts.isFull(part)) break;
    }
    this.#parts.save(part);
    advanced.run(last);
    this.#db.exec("COMMIT");
    return true;
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

/** Returns the numbers between which the ids of all messages of `searches` are. */
function rangeOf(searches: readonly WordSearch[]): [after: number, before: number] {
  const after = searches.map((search) => search.after ? numberOf(search.after) : 0);
  const before = searches.map((search) => search.before ? numberOf(search.before) : Infinity);
  return [Math.min(...after), Math.max(...before)];
}
