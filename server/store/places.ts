/**
 * The table of histories, `place`: finds the number of a history by its key, adds histories, and
 * changes keys. A history that is set aside loses its key: it can no longer be read, but is still
 * exported.
 *
 * @module
 */

import { checksum, isIntact, type Row } from "./checksums.ts";
import type { Statements } from "./statements.ts";
import type { HistoryKey } from "./store.ts";
import type { Report } from "./trouble.ts";

/** The histories of one database. */
export class Places {
  readonly #statements: Statements;
  readonly #report: Report;
  /** The numbers of the histories that were used or added, by key. */
  readonly #numbers = new Map<HistoryKey, number>();
  /** The numbers of the damaged histories that were reported. */
  readonly #reported = new Set<number>();

  /** Uses the statements of an open database; passes damage to `report`. */
  constructor(statements: Statements, report: Report) {
    this.#statements = statements;
    this.#report = report;
  }

  /** Forgets the known numbers; called when histories were changed, or changes undone. */
  clear(): void {
    this.#numbers.clear();
  }

  /** Returns the number of the history of `key`; `undefined` if there is none. */
  numberOf(key: HistoryKey): number | undefined {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.place.get(key);
    if (!row) return undefined;
    // It is unknown whose history this is, so nobody may read it under this key.
    if (!isIntact("place", row) || row["name"] !== key) return this.#reportDamage(row);
    const number = Number(row["number"]);
    this.#numbers.set(key, number);
    return number;
  }

  /** Adds a history; returns its number. */
  add(key: HistoryKey): number {
    this.#clearKey(key);
    const number = Number(this.#statements.newPlace.run(key, key).lastInsertRowid);
    this.#statements.sealPlace.run(
      checksum("place", { number, name: key, first_name: key }),
      number,
    );
    if (key.includes(" ")) {
      for (const identity of new Set(key.split(" "))) {
        this.#statements.newPerson.run(identity, number);
      }
    }
    this.#numbers.set(key, number);
    return number;
  }

  /**
   * Gives the history of `from` the key `to`, and sets aside the history that had this key. Without
   * `to`, sets aside the history of `from`.
   */
  move(from: HistoryKey, to: HistoryKey | undefined): void {
    this.clear();
    if (to !== undefined) this.#clearKey(to);
    const row = this.#statements.place.get(from);
    if (row && isIntact("place", row)) this.#rename(row, to ?? null);
    else if (row) this.#clearKey(from);
  }

  /** Sets aside the history that has this key, if there is one. */
  #clearKey(key: HistoryKey): void {
    const row = this.#statements.place.get(key);
    if (row) this.#rename(row, null);
  }

  #rename(row: Row, name: HistoryKey | null): void {
    const number = Number(row["number"]);
    // A damaged row keeps its checksum, so that it does not look intact.
    const sum = isIntact("place", row) ? checksum("place", { ...row, name }) : Number(row["crc"]);
    this.#statements.rename.run(name, sum, number);
  }

  #reportDamage(row: Row): undefined {
    const number = Number(row["number"]);
    if (this.#reported.has(number)) return;
    this.#reported.add(number);
    this.#report("the name of a history is damaged, so the history is left out", { number });
  }
}
