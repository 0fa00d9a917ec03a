/**
 * Maintains a database in small steps, and where possible while no messages are sent: it copies the
 * write-ahead log of SQLite into the database file.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The number of pages of 4 KiB that the log may have before it is copied at a quiet moment. */
const QUIET_PAGES = 1000;
/** The number of pages that it may have before it is copied at any moment. */
const BUSY_PAGES = 4000;

/** The upkeep of one database. */
export class Upkeep {
  readonly #pages: StatementSync;
  readonly #checkpoint: StatementSync;

  /** Takes over the upkeep of `db` from SQLite. */
  constructor(db: DatabaseSync) {
    // SQLite copies the log in the commit that makes it too long, and waits for the disk.
    db.exec("PRAGMA wal_autocheckpoint = 0");
    this.#pages = db.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Copies the log if it has grown long enough. */
  advance({ isQuiet }: { readonly isQuiet: boolean }): void {
    const { log, checkpointed } = this.#pages.get() ?? {};
    if (Number(log) - Number(checkpointed) > (isQuiet ? QUIET_PAGES : BUSY_PAGES)) {
      this.#checkpoint.get();
    }
  }
}
