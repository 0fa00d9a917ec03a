/**
 * Deletes full-text indexes that are not searched any more, a little at a time: one `DROP TABLE` of
 * all their rows takes too long.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

/** The ends of the names of the tables in which FTS5 keeps the rows of an index. */
const ENDINGS = ["data", "content", "docsize"];
/** The beginning of their names while they are being deleted. */
const FORMER = "former_";
/**
 * The number of rows that are deleted in one transaction, which therefore changes few pages of the
 * database: at most one for each row.
 */
const BATCH_ROWS = 50;

/** The indexes of one database that are not searched any more. */
export class OldTables {
  readonly #db: DatabaseSync;
  #tables: readonly string[] = [];

  /** Looks for old tables in `db`. */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#look();
  }

  /** True if nothing is left. */
  get isEmpty(): boolean {
    return this.#tables.length === 0;
  }

  /**
   * Retires an index, an FTS5 table, so that it can be deleted. Runs the statement `change` in the
   * same transaction.
   */
  retire(table: string, change: string): void {
    // FTS5 drops its tables by name, so it leaves the renamed ones.
    const renames = ENDINGS.map((ending) => {
      return `ALTER TABLE ${table}_${ending} RENAME TO ${FORMER}${table}_${ending}`;
    });
    this.#db.exec(`BEGIN IMMEDIATE; ${renames.join("; ")}; DROP TABLE ${table}; ${change}; COMMIT`);
    this.#look();
  }

  /** Deletes rows until about `until`, a time of `performance.now()`. */
  delete(until: number): void {
    const [table] = this.#tables;
    if (table === undefined || performance.now() >= until) return;
    const rows = this.#db.prepare(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ORDER BY id LIMIT ${BATCH_ROWS})`,
    );
    while (Number(rows.run().changes) > 0) if (performance.now() >= until) return;
    this.#db.exec(`DROP TABLE ${table}`);
    this.#tables = this.#tables.slice(1);
  }

  #look(): void {
    this.#tables = this.#db.prepare("SELECT name FROM sqlite_schema WHERE name GLOB ?")
      .all(`${FORMER}*`).map(({ name }) => String(name));
  }
}
