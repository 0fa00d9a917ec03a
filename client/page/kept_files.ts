/**
 * Keeps the files that the user is about to send, so that a reload loses none of them. Each tab
 * keeps its own, under a name that a reload leaves as it is.
 *
 * @module
 */

import { openDatabase, resultOf } from "./database.ts";
import { tabName } from "./keeping.ts";

/** The name of the database. */
const DATABASE = "chat files";
/** The name of its only store. */
const STORE = "files";
/** The largest size of all files that are kept, in bytes. */
const MOST_BYTES = 100_000_000;
/** The time after which the files of a tab that was closed are removed, in milliseconds. */
const KEPT_MS = 24 * 3_600_000;

/** The files for one conversation, as they are kept. */
interface Kept {
  readonly tab: string;
  readonly conversation: string;
  readonly time: number;
  readonly files: readonly File[];
}

let database: Promise<IDBDatabase> | undefined;

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  database ??= openDatabase(DATABASE, STORE);
  return (await database).transaction(STORE, mode).objectStore(STORE);
}

/**
 * Keeps the files for `conversation` in place of those that were kept. Resolves to false if the
 * browser does not allow it, for example because it has no space, or if they are too large.
 */
export async function keepFiles(conversation: string, files: readonly File[]): Promise<boolean> {
  const tab = tabName();
  const key = [tab, conversation];
  try {
    const all = await store("readwrite");
    await resultOf(all.delete(key));
    if (files.length === 0) return true;
    const others = (await allIn(all)).flatMap((each) => each.files);
    const isFit = [...others, ...files].reduce((sum, { size }) => sum + size, 0) <= MOST_BYTES;
    const kept: Kept = { tab, conversation, time: Date.now(), files };
    if (isFit) await resultOf(all.put(kept, key));
    return isFit;
  } catch {
    return files.length === 0;
  }
}

/**
 * Resolves to the files that this tab has kept, by their conversations. Removes those of tabs that
 * were closed long ago.
 */
export async function readFiles(): Promise<ReadonlyMap<string, readonly File[]>> {
  try {
    const all = await store("readwrite");
    const kept = await allIn(all);
    const tab = tabName();
    for (const each of kept) {
      const isOld = each.tab !== tab && Date.now() - each.time > KEPT_MS;
      if (isOld) all.delete([each.tab, each.conversation]);
    }
    const own = kept.filter((each) => each.tab === tab);
    return new Map(own.map(({ conversation, files }) => [conversation, files]));
  } catch {
    // A private window may have no database.
    return new Map();
  }
}

async function allIn(store: IDBObjectStore): Promise<Kept[]> {
  const found: unknown[] = await resultOf(store.getAll());
  return found.filter(isKept);
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  return "tab" in value && typeof value.tab === "string" &&
    "conversation" in value && typeof value.conversation === "string" &&
    "time" in value && typeof value.time === "number" &&
    "files" in value && Array.isArray(value.files) &&
    value.files.every((each: unknown) => each instanceof File);
}
