/**
 * The SQL statements of the store, by name.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The prepared statements. */
export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

/** The columns of a block that a reader needs. */
export const BLOCK = "number, place, first, last, talk, events, crc";

/** The text of each statement. */
export const SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  append: "INSERT INTO block (place, first, last, talk, events, crc) VALUES (?, ?, ?, ?, ?, ?)",
  rewrite: "UPDATE block SET talk = ?, events = ?, crc = ? WHERE number = ?",
  block: `SELECT ${BLOCK} FROM block WHERE number = ?`,
  firstBlock: "SELECT min(number) AS number FROM block",
  lastBlock: "SELECT max(number) AS number FROM block",
  // The last event may be in a block before the last one, because blocks of several histories grow
  // at the same time.
  ends: `SELECT number FROM (SELECT number, last FROM block ORDER BY number DESC LIMIT 10000)
    ORDER BY last DESC`,
  blockBefore: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
  forwards: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first >= ? AND first < ? ORDER BY first LIMIT 1`,
  backwards: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first >= ? AND first < ? ORDER BY first DESC LIMIT 1`,
  talkForwards: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first >= ? AND first < ? AND talk = 1 ORDER BY first LIMIT 1`,
  talkBackwards: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first >= ? AND first < ? AND talk = 1 ORDER BY first DESC LIMIT 1`,
  // A block without messages has the content 3 (`CONTENT` in `blocks.ts`).
  saidForwards: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first >= ? AND first < ? AND talk <> 3 ORDER BY first LIMIT 1`,
  saidBackwards: `SELECT ${BLOCK} FROM block
    WHERE place = ? AND first >= ? AND first < ? AND talk <> 3 ORDER BY first DESC LIMIT 1`,
  place: "SELECT number, name, first_name, crc FROM place WHERE name = ?",
  newPlace: "INSERT INTO place (name, first_name) VALUES (?, ?)",
  sealPlace: "UPDATE place SET crc = ? WHERE number = ?",
  rename: "UPDATE place SET name = ?, crc = ? WHERE number = ?",
  newPerson: "INSERT INTO person (identity, place) VALUES (?, ?)",
  placesOf: `SELECT place.name FROM person JOIN place ON place.number = person.place
    WHERE person.identity = ? AND place.name IS NOT NULL
    ORDER BY (SELECT max(first) FROM block WHERE block.place = person.place) DESC LIMIT ?`,
  keep: `INSERT INTO record (kind, key, value, crc) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, crc = excluded.crc`,
  forget: "DELETE FROM record WHERE kind = ? AND key = ?",
  size: `SELECT
    (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes,
    max(0, (SELECT coalesce(max(number), 0) FROM block) - (SELECT block FROM progress)) AS unindexed`,
  journaled: "SELECT number, crc FROM journaled",
  setJournaled: "UPDATE journaled SET number = ?, crc = ?",
  records: "SELECT kind, key, value, crc FROM record WHERE kind = ? ORDER BY key",
} as const;

/** Prepares all statements for `db`. */
export function prepare(db: DatabaseSync): Statements {
  const entries = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(entries);
}
