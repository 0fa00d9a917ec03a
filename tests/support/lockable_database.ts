import { DatabaseSync } from "node:sqlite";
import { TempFolder } from "./temp_folder.ts";

/** A database file that a second connection can lock. Disposing removes its folder. */
export class LockableDatabase implements Disposable {
  readonly #folder = new TempFolder();
  readonly path = `${this.#folder.path}/chat.db`;
  #locker: DatabaseSync | undefined;

  /** Takes the lock on writing. */
  lock(): void {
    this.#locker ??= new DatabaseSync(this.path);
    this.#locker.exec("BEGIN IMMEDIATE");
  }

  /** Gives the lock on writing back. */
  unlock(): void {
    this.#locker?.exec("ROLLBACK");
  }

  [Symbol.dispose](): void {
    this.#locker?.close();
    this.#folder[Symbol.dispose]();
  }
}
