/**
 * Copies the files of a store, even while a server uses them. The copy has the state of one moment.
 *
 * @module
 */

import { removeFile } from "../../shared/files.ts";
import { backup, DatabaseSync } from "node:sqlite";
import { DATABASE, JOURNAL } from "./open.ts";
import { StoreReader } from "./reader.ts";
import { type Verdict, verify } from "./verify.ts";

/**
 * The number of pages that are copied in one step: all of them. If the copying took several steps,
 * any change to the database would restart it.
 */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies the journal and the database from the folder `data` to the folder `to`. The journal is
 * copied first. If it were copied last, an event that moves from the journal to the database
 * between the two copies could be in neither. If an event is in both copies, readers of the copy
 * yield it only once.
 *
 * @throws {Error} if the system or SQLite fails.
 */
export async function copyStore(data: string, to: string): Promise<void> {
  writePrivate(`${to}/${JOURNAL}`, journalIn(data));
  const path = `${to}/${DATABASE}`;
  writePrivate(path, new Uint8Array());
  const database = new DatabaseSync(`${data}/${DATABASE}`, { readOnly: true, timeout: 2000 });
  try {
    await backup(database, path, { rate: ALL_PAGES });
  } finally {
    database.close();
  }
}

/**
 * Verifies the database in the folder `data`, which no server may be using. Removes the files that
 * SQLite creates beside it.
 */
export function verifyStore(data: string): Verdict {
  const path = `${data}/${DATABASE}`;
  try {
    using reader = new StoreReader(path);
    return verify(reader);
  } finally {
    for (const suffix of ["-wal", "-shm"]) removeFile(path + suffix);
  }
}

/** Writes a new file that only its owner can read. */
export function writePrivate(path: string, bytes: Uint8Array): void {
  Deno.writeFileSync(path, bytes, { createNew: true, mode: 0o600 });
}

/** The size of the pieces in which a file is copied. */
const COPIED_BYTES = 1024 * 1024;

/**
 * Copies a file to a new one that only its owner can read. Copies it in pieces, because a database
 * may be larger than the memory.
 */
export function copyPrivate(from: string, to: string): void {
  using source = Deno.openSync(from);
  using target = Deno.openSync(to, { write: true, createNew: true, mode: 0o600 });
  const buffer = new Uint8Array(COPIED_BYTES);
  for (let count = source.readSync(buffer); count !== null; count = source.readSync(buffer)) {
    for (let at = 0; at < count;) at += target.writeSync(buffer.subarray(at, count));
  }
}

/** Returns the bytes of the journal. Readers ignore a line that is not complete yet. */
function journalIn(data: string): Uint8Array {
  try {
    return Deno.readFileSync(`${data}/${JOURNAL}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}
