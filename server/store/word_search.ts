/**
 * Searches a full-text index of messages. Does not know how texts are split into words.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EventId, numberOf, textOf } from "../events/ids.ts";
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

/** The statements that search an index from either end. */
export type FindStatements = Readonly<Record<WordSearch["from"], StatementSync>>;

/** Prepares the search of an index, an FTS5 table. */
export function prepareFind(db: DatabaseSync, table: string): FindStatements {
  const found =
    `SELECT rowid AS id, block FROM ${table} WHERE ${table} MATCH ? AND rowid > ? AND rowid < ?`;
  return {
    first: db.prepare(`${found} ORDER BY rowid LIMIT ?`),
    last: db.prepare(`${found} ORDER BY rowid DESC LIMIT ?`),
  };
}

/**
 * Returns the first or the last messages that match `terms`, in the syntax of FTS5, and all other
 * conditions of `search`.
 */
export function findTerms(
  find: FindStatements,
  { words, places, nick, after, before, limit, from }: WordSearch,
  terms: readonly string[],
): FoundWords[] {
  if (words !== "" && terms.length === 0) return [];
  const wanted = [
    `place : (${places.map((place) => phrase(placeWord(place))).join(" OR ")})`,
    ...(nick === undefined ? [] : [`nick : ${phrase(nick)}`]),
    ...terms,
  ];
  const rows = find[from].all(
    wanted.join(" AND "),
    after ? numberOf(after) : 0,
    before ? Math.min(numberOf(before), Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER,
    limit,
  );
  return rows.map(({ id, block }) => ({ id: textOf(Number(id)), block: Number(block) }));
}

/** Returns the number of a history as a word. */
export function placeWord(place: number): string {
  return `p${place}`;
}

/** Returns text in quotes, so that FTS5 takes it literally (SQLite FTS5, "FTS5 Strings"). */
export function phrase(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
