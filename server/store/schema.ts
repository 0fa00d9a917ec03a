/**
 * Creates the tables of the database, and upgrades the tables of earlier versions.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { UserError } from "../../shared/errors.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/**
 * The id in databases of this program: "chat" in ASCII (https://www.sqlite.org/pragma.html, "PRAGMA
 * application_id").
 */
const APPLICATION_ID = 0x63686174;

/** The value of `auto_vacuum` with which space is returned in steps. */
const INCREMENTAL = 2;
/**
 * The steps, one for each version. The first creates the tables, and each later one changes them.
 * The statements of a released step are never edited: a change is a new step. A new step needs a
 * database of the version before it among the fixtures (tests/server/store/schema_test.ts describes
 * how to make one).
 */
const STEPS: readonly string[] = [
  `
  -- The histories, by their keys. A history without a key is set aside.
  CREATE TABLE place (
    number INTEGER PRIMARY KEY,
    name TEXT UNIQUE,
    first_name TEXT NOT NULL
  ) STRICT;

  -- The two users of each private conversation.
  CREATE TABLE person (
    identity TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (identity, place)
  ) STRICT, WITHOUT ROWID;

  -- Events of one history, in order, as a JSON array.
  CREATE TABLE block (
    number INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    first TEXT NOT NULL, -- the id of the first event
    last TEXT NOT NULL,
    talk INTEGER NOT NULL, -- 1 if there is a PRIVMSG or a NOTICE, else 0
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

  -- The words of messages, by the numbers of their ids; their text is only in the blocks.
  CREATE VIRTUAL TABLE word USING fts5 (
    place, nick, text, block UNINDEXED,
    content = '', contentless_delete = 1, contentless_unindexed = 1,
    tokenize = 'unicode61 remove_diacritics 2'
  );
  -- The number of the last block whose words are indexed.
  CREATE TABLE indexed (block INTEGER NOT NULL) STRICT;
  INSERT INTO indexed VALUES (0);
  `,
  // The tables \`word\` and \`indexed\` stay until \`term\` has their messages: see
  // \`former_words.ts\`.
  `
  -- The words of messages in basic form, and the letters of those in scripts without spaces
  -- (\`terms.ts\`), by the numbers of their ids. Marks are parts of words.
  CREATE VIRTUAL TABLE term USING fts5 (
    place, nick, text, part, block UNINDEXED,
    content = '', contentless_delete = 1, contentless_unindexed = 1,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
  );
  -- The messages that are in \`term\`: those of blocks up to \`renewed\`, and of blocks after \`through\`
  -- up to \`block\`.
  CREATE TABLE progress (
    renewed INTEGER NOT NULL,
    through INTEGER NOT NULL,
    block INTEGER NOT NULL
  ) STRICT;
  INSERT INTO progress SELECT 0, block, block FROM indexed;
  `,
  `
  -- The checksum of the row (\`checksums.ts\`); NULL in rows that an earlier version wrote.
  ALTER TABLE block ADD COLUMN crc INTEGER;
  ALTER TABLE place ADD COLUMN crc INTEGER;
  ALTER TABLE record ADD COLUMN crc INTEGER;
  `,
  `
  -- The parts of the index: \`term\`, and after it tables like it (\`word_parts.ts\`).
  CREATE TABLE part (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL, -- the least number of the ids that were added
    last INTEGER NOT NULL, -- the greatest
    messages INTEGER NOT NULL -- how many were added
  ) STRICT;
  INSERT INTO part SELECT 0, coalesce(min(id), 0), coalesce(max(id), 0), count(*) FROM term_docsize;
  `,
  `
  -- The number of the last entries of the journal that are in the database (\`journal.ts\`).
  CREATE TABLE journaled (number INTEGER NOT NULL, crc INTEGER) STRICT;
  INSERT INTO journaled VALUES (0, NULL);
  `,
  `
  -- An index with more messages than a part may have is removed: its messages are indexed again, in
  -- parts (\`words.ts\`).
  UPDATE progress SET renewed = 0, through = block
    WHERE EXISTS (SELECT 1 FROM part WHERE number = 0 AND messages > 20000);
  DELETE FROM part WHERE number = 0 AND messages > 20000;
  `,
  `
  -- From this version on, \`talk\` is 2 if there is a TAGMSG only, and 3 if there is no message.
  CREATE INDEX said_of_place ON block (place, first) WHERE talk <> 3;
  `,
];

/** The version of a new database. */
export const VERSION: number = STEPS.length;

/**
 * Upgrades the database to the newest version by the `steps` that it lacks. Each step runs
 * completely or not at all.
 *
 * @throws {UserError} if it belongs to a newer version or another program; {@linkcode Error} if
 * SQLite fails.
 */
export function migrate(db: DatabaseSync, path: string, steps = STEPS): void {
  const version = pragma(db, "user_version");
  const isOurs = pragma(db, "application_id") === APPLICATION_ID;
  if (!isOurs && (version !== 0 || hasTables(db))) {
    throw new UserError(STORE_TEXTS.otherProgram(path));
  }
  if (version > steps.length) {
    throw new UserError(STORE_TEXTS.newerVersion(path));
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

/**
 * Lets a new database return the space of deleted rows in steps. This can only be set before
 * anything is written. Leaves any other database as it is: setting the same value again would write
 * to the file at each start, and wait for the disk.
 */
export function makeIncremental(db: DatabaseSync): void {
  const row = db.prepare("PRAGMA auto_vacuum").get();
  if (row?.["auto_vacuum"] !== INCREMENTAL) db.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}`);
}
