/**
 * What a database needs now and then, in small helpings and where possible while nobody talks: that
 * its log of changes is brought into its file.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How many pages of 4 KiB the log may have before it is brought in as soon as nobody talks, */
const QUIET_PAGES = 1000;
/** and before it is although they do. */
const MOST_PAGES = 4000;

/** The upkeep of one database; see the module. */
export class Upkeep {
  readonly #pages: StatementSync;
  readonly #checkpoint: StatementSync;

  /** The upkeep of `db`, which from now on does none by itself. */
  constructor(db: DatabaseSync) {
    // By itself, SQLite does it within the commit that makes the log too long, and waits for the disk.
    db.exec("PRAGMA wal_autocheckpoint = 0");
    this.#pages = db.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Does a little. */
  advance({ isQuiet }: { readonly isQuiet: boolean }): void {
    const { log, checkpointed } = this.#pages.get() ?? {};
    if (Number(log) - Number(checkpointed) > (isQuiet ? QUIET_PAGES : MOST_PAGES)) {
      this.#checkpoint.get();
    }
  }
}
