/**
 * Copies the files of a store, while a server may be running, so that the copy is whole as of one moment.
 *
 * @module
 */

import { backup, DatabaseSync } from "node:sqlite";
import { DATABASE, JOURNAL } from "./open.ts";
import { StoreReader } from "./reader.ts";
import { type Verdict, verify } from "./verify.ts";

/** The number of pages that are copied in one step: all, because a change would restart the copy. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies the journal and the database from the folder `data` to the folder `to`. The journal is copied
 * first: an event that leaves the journal meanwhile is in the copy of the database. An event that is in
 * both copies is read once.
 *
 * @throws {Error} by the system or SQLite.
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

/** Verifies the database in the folder `data`, which no server uses; leaves no other files there. */
export function verifyStore(data: string): Verdict {
  const path = `${data}/${DATABASE}`;
  try {
    using reader = new StoreReader(path);
    return verify(reader);
  } finally {
    for (const suffix of ["-wal", "-shm"]) removeIfThere(path + suffix);
  }
}

/** Writes a new file that only its owner can read. */
export function writePrivate(path: string, bytes: Uint8Array): void {
  Deno.writeFileSync(path, bytes, { createNew: true, mode: 0o600 });
}

/** Returns the bytes of the journal. A line that is still being written is ignored by readers. */
function journalIn(data: string): Uint8Array {
  try {
    return Deno.readFileSync(`${data}/${JOURNAL}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
