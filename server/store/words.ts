/**
 * The full-text index: which messages have which words. It follows behind what is said, a few
 * milliseconds at a time, so that nobody waits for it.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { casefold } from "../../protocol.ts";
import type { Event } from "../events.ts";
import { type EventId, idAt, numberOf, textOf } from "../ids.ts";
import { readBlock } from "./blocks.ts";

/** What to look for; the places by their numbers. */
export interface WordSearch {
  /** At least one. */
  readonly places: readonly number[];
  /** Words as people type them. */
  readonly words: string;
  /** A folded nick. */
  readonly nick: string | undefined;
  /** Only what came after this. */
  readonly after: EventId | undefined;
  /** Only what came before this. */
  readonly before: EventId | undefined;
  /** At most so many. */
  readonly limit: number;
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
  readonly #advanced: StatementSync;

  /** The index in `db`. */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#next = db.prepare(
      `SELECT number, place, events FROM block
        WHERE number > (SELECT block FROM indexed) ORDER BY number`,
    );
    this.#add = db.prepare("INSERT INTO word (rowid, place, nick, text) VALUES (?, ?, ?, ?)");
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
      for (const event of readBlock(String(events))) this.#index(Number(place), event);
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

  /** The ids of the latest messages that match, the latest first, each with its place. */
  find({ places, words, nick, after, before, limit }: WordSearch): EventId[] {
    const wanted = [
      `place : (${places.map((place) => `"${placeWord(place)}"`).join(" OR ")})`,
      ...(nick === undefined ? [] : [`nick : ${phrase(nick)}`]),
      ...separated(words).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).slice(0, WORDS)
        .map((word) => `text : ${phrase(word)}${word.length >= PREFIX_LENGTH ? " *" : ""}`),
    ];
    const rows = this.#db.prepare(
      `SELECT rowid AS id FROM word WHERE word MATCH ? AND rowid > ? AND rowid < ?
        ORDER BY rowid DESC LIMIT ?`,
    ).all(
      wanted.join(" AND "),
      numberOf(after ?? idAt(0)),
      before === undefined ? Number.MAX_SAFE_INTEGER : numberOf(before),
      limit,
    );
    return rows.map(({ id }) => textOf(Number(id)));
  }

  #index(place: number, event: Event): void {
    if (event.type !== "Said" || event.text === "") return;
    const { id, by, text } = event;
    this.#add.run(numberOf(id), placeWord(place), casefold(by.nick), separated(text));
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
