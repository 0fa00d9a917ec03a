/**
 * Maintains a database in small steps, if possible while no messages are sent. Makes checkpoints:
 * copies SQLite's write-ahead log (WAL) to the database file.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The number of pages of 4 KiB that the log may have before it is copied at a quiet moment. */
const QUIET_PAGES = 250;
/**
 * The number of pages that the log may have before it is copied at any moment. All clients wait
 * meanwhile: for about ten milliseconds, if the disk does not have to do anything else.
 */
const BUSY_PAGES = 400;
/**
 * The number of calls of {@linkcode Upkeep.isDue} after which the log is copied even if it is
 * short. These calls take about a minute.
 */
const MOST_CALLS = 600;

/** The upkeep of one database. */
export class Upkeep {
  readonly #db: DatabaseSync;
  readonly #lockedMs: number;
  readonly #pages: StatementSync;
  readonly #checkpoint: StatementSync;
  readonly #truncate: StatementSync;
  /** The number of calls since the log was empty. */
  #calls = 0;

  /**
   * Takes over the upkeep of `db` from SQLite. `lockedMs` is the time for which `db` waits for a
   * lock, in milliseconds.
   */
  constructor(db: DatabaseSync, lockedMs: number) {
    this.#db = db;
    this.#lockedMs = lockedMs;
    // By default, SQLite copies the log in the commit that makes it too long, and this commit waits
    // for the disk.
    db.exec("PRAGMA wal_autocheckpoint = 0");
    this.#pages = db.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    this.#truncate = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** Returns true when it is time for a checkpoint. Must be called ten times a second. */
  isDue({ isQuiet }: { readonly isQuiet: boolean }): boolean {
    const pages = this.#uncopied();
    if (pages <= 0) this.#calls = 0;
    else this.#calls++;
    return pages > (isQuiet ? QUIET_PAGES : BUSY_PAGES) || this.#calls > MOST_CALLS;
  }

  /** Returns true if the log is so long that a checkpoint should not wait for a quiet moment. */
  isLong(): boolean {
    return this.#uncopied() > BUSY_PAGES;
  }

  #uncopied(): number {
    const { log, checkpointed } = this.#pages.get() ?? {};
    return Number(log) - Number(checkpointed);
  }

  /**
   * Copies the log to the database file; returns true if all of it was copied. If so, also empties
   * the log: if it stayed and a crash damaged it, SQLite could read pages from it that are older
   * than those in the file.
   */
  checkpoint(): boolean {
    this.#calls = 0;
    const { log, checkpointed } = this.#checkpoint.get() ?? {};
    if (log !== checkpointed) return false;
    // The log cannot be emptied while another program reads it. The server does not wait for that
    // program.
    this.#db.exec("PRAGMA busy_timeout = 0");
    try {
      this.#truncate.get();
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${this.#lockedMs}`);
    }
    return true;
  }
}
