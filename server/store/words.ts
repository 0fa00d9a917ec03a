/**
 * The full-text index: which messages have which words. It follows behind what is said, a few
 * milliseconds at a time, so that nobody waits for it.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { casefold } from "../../protocol.ts";
import type { Event } from "../events.ts";
import { type EventId, numberOf, textOf } from "../ids.ts";
import { readBlock } from "./blocks.ts";
import type { Search } from "./store.ts";

/** What to look for, in the places of these numbers, of which there is one at least. */
export interface WordSearch extends Omit<Search, "places"> {
  /** The numbers. */
  readonly places: readonly number[];
}

/** A message that was found. */
export interface FoundWords {
  /** Its id. */
  readonly id: EventId;
  /** The number of the block that has it. */
  readonly block: number;
}

/** From so many letters on, a word that is looked for may be the beginning of a longer one. */
const PREFIX_LENGTH = 3;
/** A text is looked for by so many of its words, at most. */
const WORDS = 16;

/** The index of one database; see the module. */
export class WordIndex {
  readonly #db: DatabaseSync;
  readonly #next: StatementSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #find: Readonly<Record<"first" | "last", StatementSync>>;
  readonly #advanced: StatementSync;

  /** The index in `db`. */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#next = db.prepare(
      `SELECT number, place, events FROM block
        WHERE number > (SELECT block FROM indexed) ORDER BY number`,
    );
    this.#add = db.prepare(
      "INSERT INTO word (rowid, place, nick, text, block) VALUES (?, ?, ?, ?, ?)",
    );
    const found =
      "SELECT rowid AS id, block FROM word WHERE word MATCH ? AND rowid > ? AND rowid < ?";
    this.#find = {
      first: db.prepare(`${found} ORDER BY rowid LIMIT ?`),
      last: db.prepare(`${found} ORDER BY rowid DESC LIMIT ?`),
    };
    this.#remove = db.prepare("DELETE FROM word WHERE rowid = ?");
    this.#advanced = db.prepare("UPDATE indexed SET block = ?");
  }

  /** Indexes what is not yet, for about so many milliseconds; a block at least. */
  advance(ms: number): void {
    const end = performance.now() + ms;
    if (!this.#next.get()) return;
    this.#db.exec("BEGIN IMMEDIATE");
    let last = 0;
    for (const { number, place, events } of this.#next.iterate()) {
      for (const event of readBlock(String(events))) {
        this.#index(Number(place), Number(number), event);
      }
      last = Number(number);
      if (performance.now() >= end) break;
    }
    this.#advanced.run(last);
    this.#db.exec("COMMIT");
  }

  /** Forgets the words of an event. */
  remove(id: EventId): void {
    this.#remove.run(numberOf(id));
  }

  /** The first or the last messages that match, in no order. */
  find({ places, words, nick, after, before, limit, from }: WordSearch): FoundWords[] {
    const terms = separated(words).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
      .slice(0, WORDS);
    if (words !== "" && terms.length === 0) return [];
    const wanted = [
      `place : (${places.map((place) => phrase(placeWord(place))).join(" OR ")})`,
      ...(nick === undefined ? [] : [`nick : ${phrase(nick)}`]),
      ...terms.map((word) => `text : ${phrase(word)}${word.length >= PREFIX_LENGTH ? " *" : ""}`),
    ];
    const rows = this.#find[from].all(
      wanted.join(" AND "),
      after ? numberOf(after) : 0,
      before ? Math.min(numberOf(before), Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER,
      limit,
    );
    return rows.map(({ id, block }) => ({ id: textOf(Number(id)), block: Number(block) }));
  }

  #index(place: number, block: number, event: Event): void {
    if (event.type !== "Said" || event.text === "") return;
    const { id, by, text } = event;
    this.#add.run(numberOf(id), placeWord(place), casefold(by.nick), separated(text), block);
  }
}

/** A place as a word of its own. */
function placeWord(place: number): string {
  return `p${place}`;
}

/** Text as FTS5 takes it literally (SQLite FTS5, "FTS5 Strings"). */
function phrase(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Chinese and Japanese, which have no spaces between words, letter by letter. */
function separated(text: string): string {
  return text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu, (letters) => {
    return ` ${[...letters].join(" ")} `;
  });
}
