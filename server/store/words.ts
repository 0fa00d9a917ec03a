/**
 * The full-text index of messages. Messages are indexed after they were delivered, for a few
 * milliseconds at a time, so that no client waits for it.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { casefold } from "../../protocol.ts";
import type { Event } from "../events/events.ts";
import { type EventId, numberOf, textOf } from "../events/ids.ts";
import { readBlock } from "./blocks.ts";
import type { Search } from "./store.ts";

/** A search in one or more histories, given by their numbers. */
export interface WordSearch extends Omit<Search, "scopes"> {
  /** The numbers of the histories; at least one. */
  readonly places: readonly number[];
}

/** A message that was found. */
export interface FoundWords {
  /** The id of the message. */
  readonly id: EventId;
  /** The number of its block. */
  readonly block: number;
}

/** The number of letters from which on a word of a search also matches longer words. */
const PREFIX_LENGTH = 3;
/** The largest number of words of a search; further words are ignored. */
const WORD_LIMIT = 16;

/** The index of one database; see the module. */
export class WordIndex {
  readonly #db: DatabaseSync;
  readonly #next: StatementSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #find: Readonly<Record<"first" | "last", StatementSync>>;
  readonly #advanced: StatementSync;

  /** Opens the index in `db`. */
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

  /** Indexes new blocks for about this many milliseconds, at least one block if there is one. */
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

  /** Removes the words of an event. */
  remove(id: EventId): void {
    this.#remove.run(numberOf(id));
  }

  /** Returns the first or the last messages that match, in no particular order. */
  find({ places, words, nick, after, before, limit, from }: WordSearch): FoundWords[] {
    const terms = spaceOut(words).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
      .slice(0, WORD_LIMIT);
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
    this.#add.run(numberOf(id), placeWord(place), casefold(by.nick), spaceOut(text), block);
  }
}

/** Returns the number of a history as a word. */
function placeWord(place: number): string {
  return `p${place}`;
}

/** Returns text in quotes, so that FTS5 takes it literally (SQLite FTS5, "FTS5 Strings"). */
function phrase(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Puts spaces around each Chinese or Japanese character: these scripts have none between words. */
function spaceOut(text: string): string {
  return text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu, (letters) => {
    return ` ${[...letters].join(" ")} `;
  });
}
