/**
 * The checksums of rows in the database (CRC-32, as in zlib). A checksum notices damage to the
 * content of its row. For a block, it also notices damage to the number of the history that the
 * block belongs to, and to its position in this history.
 *
 * @module
 */

import { crc32 } from "node:zlib";

/** A row, as SQLite returns it. */
export type Row = Readonly<Record<string, unknown>>;

/** A table with checksums. */
export type CheckedTable = "block" | "journaled" | "place" | "record";

/** The columns of each table that a checksum covers, in their order. */
const COVERED: Readonly<Record<CheckedTable, readonly string[]>> = {
  block: ["place", "first", "last", "talk", "events"],
  journaled: ["number"],
  place: ["number", "name", "first_name"],
  record: ["kind", "key", "value"],
};

/** Returns the checksum of a row of `table`, given the values of all columns that it covers. */
export function checksum(table: CheckedTable, row: Row): number {
  // The values are not joined, because the last one is long and would be copied.
  return COVERED[table].reduce((sum, column) => crc32(String(row[column]), crc32("\0", sum)), 0);
}

/**
 * Returns true if the row is as it was written. A row of an earlier version has no checksum, and
 * counts as intact.
 */
export function isIntact(table: CheckedTable, row: Row): boolean {
  return row["crc"] === null || row["crc"] === checksum(table, row);
}
