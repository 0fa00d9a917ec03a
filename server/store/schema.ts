/**
 * The tables of the database, and how those of each earlier version become those of the next.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { UserError } from "../../errors.ts";

/** Tells a database of this program from any other (SQLite, "PRAGMA application_id"): "chat". */
const APPLICATION_ID = 0x63686174;

/**
 * The steps, one for each version: the first makes the tables, each other one changes them. What is
 * released is not edited any more; a change is another step, and needs a database of the version
 * before it among the fixtures (tests/schema_test.ts says how).
 */
const STEPS: readonly string[] = [
  `
  -- Where something was said. Without a name, its history is set aside.
  CREATE TABLE place (
    number INTEGER PRIMARY KEY,
    name TEXT UNIQUE,
    first_name TEXT NOT NULL
  ) STRICT;

  -- Who talks in the places of two people.
  CREATE TABLE person (
    identity TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (identity, place)
  ) STRICT, WITHOUT ROWID;

  -- What happened in one place, one thing after another: a JSON array of events.
  CREATE TABLE block (
    number INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    first TEXT NOT NULL, -- the id of the first event
    last TEXT NOT NULL,
    talk INTEGER NOT NULL, -- 1 if something was said, 0 if people only came and went
    events TEXT NOT NULL
  ) STRICT;
  CREATE INDEX block_of_place ON block (place, first);
  CREATE INDEX talk_of_place ON block (place, first) WHERE talk = 1;

  CREATE TABLE record (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, -- JSON
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;

  -- The words of messages, by the number of their id; the text itself is only in its block.
  CREATE VIRTUAL TABLE word USING fts5 (
    place, nick, text, block UNINDEXED,
    content = '', contentless_delete = 1, contentless_unindexed = 1,
    tokenize = 'unicode61 remove_diacritics 2'
  );
  -- Up to which block words are known.
  CREATE TABLE indexed (block INTEGER NOT NULL) STRICT;
  INSERT INTO indexed VALUES (0);
  `,
];

/** The version of a database that is new. */
export const VERSION: number = STEPS.length;

/**
 * Brings the database to the newest version, by those of `steps` that it has not seen; each is done
 * whole or not at all.
 *
 * @throws {UserError} if it is of a newer one, or of another program; {@linkcode Error} by SQLite.
 */
export function migrate(db: DatabaseSync, path: string, steps = STEPS): void {
  const version = pragma(db, "user_version");
  const isOurs = pragma(db, "application_id") === APPLICATION_ID;
  if (!isOurs && (version !== 0 || hasTables(db))) {
    throw new UserError(
      `${path} is the database of another program: choose another folder with --data`,
    );
  }
  if (version > steps.length) {
    throw new UserError(
      `${path} was written by a newer version of chat: use that version, or choose another folder with --data`,
    );
  }
  steps.slice(version).forEach((step, index) => {
    const next = version + index + 1;
    db.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${next};
      PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  });
}

function pragma(db: DatabaseSync, name: "application_id" | "user_version"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
}
