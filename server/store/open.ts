/**
 * Opens the store in the server's folder, or says in a sentence why that cannot be.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { isFile, reason } from "../config/files.ts";
import { Journal } from "./journal.ts";
import type { Keeping } from "./retention.ts";
import { Reserve } from "./reserve.ts";
import { type SqliteOptions, SqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";
import { cannotUse } from "./trouble.ts";

/** Where the store is, and how careful it is to be. */
export interface StoreOptions extends Keeping {
  /** The server's folder; it exists. */
  readonly data: string;
  /** Keep everything in memory, and nothing after the server has ended. */
  readonly memory: boolean;
  /** Let each commit reach the disk before anybody is told of what it holds. */
  readonly durable: boolean;
}

/** The name of the database in the server's folder. */
export const DATABASE = "chat.db";
/** The name of the file that has what is not yet in the database. */
export const JOURNAL = "journal";
/** What does not outlast the server need not be written twice. */
const FORGETFUL = { read: () => [], write() {}, clear() {} };
/** A file that is locked as long as a server runs on the folder. */
const LOCK = "lock";
/** A file that only takes room. */
const RESERVE = "reserve";

/**
 * Opens the store, making it if there is none.
 *
 * @throws {UserError} if another server uses the folder, or if the database cannot be used.
 */
export function openStore({ data, memory, durable, keepMs, keepBytes }: StoreOptions): Store {
  const keeping = { keepMs, keepBytes };
  if (memory) return new SqliteStore(":memory:", { durable: false, keeping, journal: FORGETFUL });
  const path = `${data}/${DATABASE}`;
  const files = new DisposableStack();
  files.use(lockFolder(data));
  try {
    makePrivate(path);
    const journal = files.use(new Journal(`${data}/${JOURNAL}`));
    const reserve = new Reserve(`${data}/${RESERVE}`);
    return new LockedStore(path, files, { durable, keeping, journal, reserve });
  } catch (error) {
    files.dispose();
    throw cannotUse(path, error);
  }
}

/** Makes an empty file for its owner alone, as are then those that SQLite puts beside it. */
function makePrivate(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/**
 * Opens the database of a server that may be running: for records that the server only reads.
 *
 * @throws {UserError} if there is none, or if it cannot be used.
 */
export function openBeside(data: string): Store {
  const path = `${data}/${DATABASE}`;
  if (!isFile(path)) {
    throw new UserError(`there is no database in ${data}: name the server's folder with --data`);
  }
  try {
    return new SqliteStore(path, { durable: true });
  } catch (error) {
    throw cannotUse(path, error);
  }
}

/** A store in a folder that nobody else may use meanwhile. */
class LockedStore extends SqliteStore {
  readonly #files: Disposable;

  constructor(path: string, files: Disposable, options: SqliteOptions) {
    super(path, options);
    this.#files = files;
  }

  override close(): void {
    super.close();
    this.#files[Symbol.dispose]();
  }
}

/** The system lets go of the lock when the process ends, however it ends. */
function lockFolder(data: string): Deno.FsFile {
  const path = `${data}/${LOCK}`;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { write: true, create: true });
  } catch (error) {
    throw new UserError(
      `cannot write to ${data}: ${
        reason(error)
      }; choose another folder with --data, or store nothing with --memory`,
    );
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new UserError(
    `another server is using ${data}: stop that one, or choose another folder with --data`,
  );
}
