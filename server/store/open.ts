/**
 * Opens the store in the server's folder, or throws an error that explains the failure to the user.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { isFile, reason } from "../../shared/files.ts";
import { Journal } from "./journal.ts";
import { readLog } from "./log_damage.ts";
import { OpenFiles } from "./open_files.ts";
import { Reserve } from "./reserve.ts";
import { setAside } from "./set_aside.ts";
import { type SqliteOptions, SqliteStore } from "./sqlite.ts";
import type { RetentionLimits, Store } from "./store.ts";
import { type Report, unusableFile } from "./trouble.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/** The location of the store, and the guarantees that it gives. */
export interface StoreOptions extends RetentionLimits {
  /** The server's folder, which must exist. */
  readonly data: string;
  /** True to store everything in memory, where it is lost when the server ends. */
  readonly memory: boolean;
  /** True if each commit must reach the disk before any client gets its events. */
  readonly durable: boolean;
}

/** The name of the database in the server's folder. */
export const DATABASE = "chat.db";
/** The name of the write-ahead journal in the server's folder. */
export const JOURNAL = "journal";
/** The journal of a store in memory. It writes nothing, because the store ends with the server. */
const NO_JOURNAL = { read: () => ({ entries: [], number: 0 }), write() {}, clear() {} };
/** The name of a file that is locked while a server uses the folder. */
const LOCK = "lock";
/** The name of the file that reserves disk space. */
const RESERVE = "reserve";

/**
 * Opens the store, and creates it if there is none. Calls `report` when damaged data is left out.
 *
 * @throws {UserError} if another server uses the folder, or if the database cannot be used.
 */
export function openStore(
  { data, memory, durable, keepMs, keepBytes }: StoreOptions,
  report: Report = () => {},
): Store {
  const keeping = { keepMs, keepBytes };
  if (memory) return new SqliteStore(":memory:", { durable: false, keeping, journal: NO_JOURNAL });
  const path = `${data}/${DATABASE}`;
  const files = new DisposableStack();
  files.use(lockFolder(data));
  try {
    assertComplete(data);
    const reserve = files.use(new Reserve(`${data}/${RESERVE}`));
    makePrivate(path);
    reportLogDamage(path, report);
    const journal = files.use(new Journal(`${data}/${JOURNAL}`, report));
    const options = { durable, keeping, journal, reserve, report, files: () => openFiles(data) };
    return withSpace(reserve, () => new LockedStore(path, files, options));
  } catch (error) {
    files.dispose();
    throw unusableFile(path, error);
  }
}

/**
 * Checks that the database exists if other files have changes for it. Otherwise, a new database
 * would take the place of one that was moved away.
 *
 * @throws {UserError} with advice.
 */
function assertComplete(data: string): void {
  const path = `${data}/${DATABASE}`;
  if (sizeOf(path) > 0) return;
  const rest = [`${path}-wal`, `${data}/${JOURNAL}`].find((each) => sizeOf(each) > 0);
  if (rest !== undefined) throw new UserError(STORE_TEXTS.missingDatabase(path, rest));
}

/** Returns the size of a file; 0 if there is none. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Opens the store. If this fails, tries again with the reserved space, because SQLite needs some
 * space on a full disk.
 */
function withSpace(reserve: Reserve, open: () => Store): Store {
  try {
    return open();
  } catch (error) {
    if (error instanceof UserError || !reserve.isHeld) throw error;
    reserve.release();
    return open();
  }
}

/** Returns the files that the store has open in the folder. */
function openFiles(data: string): OpenFiles {
  const path = `${data}/${DATABASE}`;
  return new OpenFiles([path, `${path}-wal`, `${data}/${JOURNAL}`]);
}

/**
 * Reports damage in SQLite's write-ahead log, and copies the damaged bytes before SQLite drops
 * them.
 */
function reportLogDamage(path: string, report: Report): void {
  const { bytes, damagedFrom: from } = readLog(path);
  if (from === undefined) return;
  const damage = [{ from, bytes: bytes.subarray(from) }];
  setAside("the log of the database", `${path}-wal`, damage, report);
}

/**
 * Creates an empty file that only its owner can read, unless it exists. SQLite gives the files
 * beside it the same mode.
 */
function makePrivate(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/**
 * Opens the database of a server that may be running, so that the caller can change records. The
 * server itself must only read or delete these records.
 *
 * @throws {UserError} if there is none, or if it cannot be used.
 */
export function openBeside(data: string): Store {
  const path = `${data}/${DATABASE}`;
  if (!isFile(path)) {
    throw new UserError(STORE_TEXTS.noDatabase(data));
  }
  try {
    return new SqliteStore(path, { durable: true });
  } catch (error) {
    throw unusableFile(path, error);
  }
}

/** A store that locks its folder, so that no other server can use it. */
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

/**
 * Locks the folder. The system releases the lock when the process ends, even by a crash.
 *
 * @throws {UserError} if a server uses it, or it cannot be written.
 */
export function lockFolder(data: string): Deno.FsFile {
  const path = `${data}/${LOCK}`;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { write: true, create: true });
  } catch (error) {
    throw new UserError(STORE_TEXTS.cannotWrite(data, reason(error)));
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new UserError(STORE_TEXTS.inUse(data));
}

/** Returns true if a server uses the folder now. */
export function isInUse(data: string): boolean {
  const path = `${data}/${LOCK}`;
  if (!isFile(path)) return false;
  try {
    using file = Deno.openSync(path, { write: true });
    return !file.tryLockSync(true);
  } catch {
    // This user cannot write the lock file, so no server of this user uses the folder.
    return false;
  }
}
