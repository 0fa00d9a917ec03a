/**
 * Searches a full-text index of messages. Does not know how texts are split into words.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EventId, numberOf, textOf } from "../events/ids.ts";
import type { End, Search } from "./store.ts";

/** A search in one or more histories, given by their numbers. */
export interface WordSearch extends Omit<Search, "scopes"> {
  /** The numbers of the histories; at least one. */
  readonly places: readonly number[];
  /** The number of the first block; messages of earlier blocks no longer exist. */
  readonly firstBlock: number;
}

/** A message that was found. */
export interface FoundWords {
  /** The id of the message. */
  readonly id: EventId;
  /** The number of its block. */
  readonly block: number;
}

/** A range of the numbers of ids, without its ends. */
export type IdRange = readonly [after: number, before: number];

/** The statements that search an index from either end. */
export interface FindStatements {
  /** The statement that finds messages. */
  readonly find: Readonly<Record<End, StatementSync>>;
  /** The statement that finds the id at which the next slice ends. */
  readonly next: Readonly<Record<End, StatementSync>>;
}

/**
 * The number of messages that a search looks at in one step. A limit on the found messages would
 * not limit the time: perhaps all messages have the words of a phrase, but none has them next to
 * each other.
 */
const SLICE_MESSAGES = 2500;

/** Prepares the search of an index, an FTS5 table. */
export function prepareFind(db: DatabaseSync, table: string): FindStatements {
  const found = `SELECT rowid AS id, block FROM ${table}
    WHERE ${table} MATCH ? AND rowid > ? AND rowid < ? AND block >= ?`;
  const next = `SELECT id FROM ${table}_docsize WHERE id > ? AND id < ?`;
  const offset = `LIMIT 1 OFFSET ${SLICE_MESSAGES}`;
  return {
    find: {
      first: db.prepare(`${found} ORDER BY rowid LIMIT ?`),
      last: db.prepare(`${found} ORDER BY rowid DESC LIMIT ?`),
    },
    next: {
      first: db.prepare(`${next} ORDER BY id ${offset}`),
      last: db.prepare(`${next} ORDER BY id DESC ${offset}`),
    },
  };
}

/** Yields the ranges in which an index is searched, each with a limited number of messages. */
export function* slicesOf(
  { next }: FindStatements,
  [after, before]: IdRange,
  from: End,
): Iterable<IdRange> {
  let start = Math.max(0, after);
  let end = Math.min(before, Number.MAX_SAFE_INTEGER);
  for (;;) {
    const id = next[from].get(start, end)?.["id"];
    if (id === undefined) return yield [start, end];
    const border = Number(id);
    if (from === "first") {
      yield [start, border];
      start = border - 1;
    } else {
      yield [border, end];
      end = border + 1;
    }
  }
}

/**
 * Returns the first or the last messages in a slice that match `terms`, in the syntax of FTS5, and
 * meet all other conditions of the search.
 */
export function findTerms(
  { find }: FindStatements,
  { words, places, nick, after, before, limit, from, firstBlock }: WordSearch,
  terms: readonly string[],
  [start, end]: IdRange,
): FoundWords[] {
  if (words !== "" && terms.length === 0) return [];
  const wanted = [
    `place : (${places.map((place) => phrase(placeWord(place))).join(" OR ")})`,
    ...(nick === undefined ? [] : [`nick : ${phrase(nick)}`]),
    ...terms,
  ];
  const rows = find[from].all(
    wanted.join(" AND "),
    Math.max(start, after ? numberOf(after) : 0),
    Math.min(end, before ? numberOf(before) : end),
    firstBlock,
    limit,
  );
  return rows.map(({ id, block }) => ({ id: textOf(Number(id)), block: Number(block) }));
}

/** Returns the number of a history as a word. */
export function placeWord(place: number): string {
  return `p${place}`;
}

/**
 * Returns text in quotes, so that FTS5 takes it literally (https://www.sqlite.org/fts5.html, "FTS5
 * Strings").
 */
export function phrase(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
