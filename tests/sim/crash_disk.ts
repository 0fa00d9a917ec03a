/**
 * The disk of a simulated server, whose process may be killed between any two writes. The disk is
 * a folder with a real journal and a real database, or a store in memory.
 *
 * @module
 */

import { Journal } from "../../server/store/journal.ts";
import { SqliteStore } from "../../server/store/sqlite.ts";
import type { Store } from "../../server/store/store.ts";
import { type Disk, ModelStore } from "./model_store.ts";

/** The files of a store. */
const FILES = ["chat.db", "chat.db-wal", "journal"] as const;

/** The probability that a kill during a write leaves only a part of what was written. */
const TORN = 0.5;

/** The least number of bytes of a record in a journal. */
const SHORTEST_RECORD = 20;

/** A disk on which a store is opened after each kill. */
export interface CrashDisk {
  /**
   * Opens the store. `crashPoint` is called at each point of a commit at which the process may be
   * killed.
   */
  open(crashPoint: () => void): Store;
  /**
   * Keeps the disk as it is now: what is written from now on is lost. `random` returns a number
   * from 0 to below 1.
   */
  kill(random: () => number): void;
  /** Closes what is open. */
  close(): void;
}

/** A disk in memory, on which each commit is either whole or absent. */
export class MemoryDisk implements CrashDisk {
  #disk: Disk = { changes: [] };

  open(): Store {
    return new ModelStore(this.#disk);
  }

  kill(): void {
    this.#disk = { changes: [...this.#disk.changes] };
  }

  close(): void {}
}

/** A folder with a journal and a database. */
export class FolderDisk implements CrashDisk {
  readonly #path: string;
  #count = 0;
  /** The stores that were opened, the present one last. */
  #opened: { readonly store: SqliteStore; readonly journal: Journal }[] = [];
  /** The length of the journal before the write in progress; `undefined` if there is none. */
  #journalBefore: number | undefined;

  /** Uses a new folder in `path` after each kill. */
  constructor(path: string) {
    this.#path = path;
    Deno.mkdirSync(this.#folder);
  }

  open(crashPoint: () => void): Store {
    this.close();
    const folder = this.#folder;
    const inner = new Journal(`${folder}/journal`);
    const journal = {
      read: (after: number) => inner.read(after),
      write: (number: number, texts: readonly string[]): void => {
        crashPoint();
        this.#journalBefore = sizeOf(`${folder}/journal`);
        inner.write(number, texts);
        crashPoint();
        this.#journalBefore = undefined;
      },
      clear: () => inner.clear(),
    };
    const store = new SqliteStore(`${folder}/chat.db`, { durable: false, journal });
    this.#opened.push({ store, journal: inner });
    return store;
  }

  kill(random: () => number): void {
    const before = this.#folder;
    this.#count++;
    const after = this.#folder;
    Deno.mkdirSync(after);
    for (const file of FILES) {
      if (sizeOf(`${before}/${file}`) > 0) {
        Deno.copyFileSync(`${before}/${file}`, `${after}/${file}`);
      }
    }
    const start = this.#journalBefore;
    this.#journalBefore = undefined;
    const written = start === undefined ? 0 : sizeOf(`${after}/journal`) - start;
    if (start === undefined || written <= 0 || random() > TORN) return;
    Deno.truncateSync(`${after}/journal`, start + Math.floor(random() * SHORTEST_RECORD));
  }

  close(): void {
    for (const { store, journal } of this.#opened.splice(0)) {
      store.close();
      journal[Symbol.dispose]();
    }
  }

  get #folder(): string {
    return `${this.#path}/${this.#count}`;
  }
}

/** Returns the size of a file; 0 if there is none. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
