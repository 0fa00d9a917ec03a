import { DatabaseSync } from "node:sqlite";
import { TempFolder } from "./temp_folder.ts";

/** A database that can be locked; the folder and both connections go with it. */
export class LockableDatabase implements Disposable {
  readonly #folder = new TempFolder();
  readonly path = `${this.#folder.path}/chat.db`;
  #other: DatabaseSync | undefined;

  lock(): void {
    this.#other ??= new DatabaseSync(this.path);
    this.#other.exec("BEGIN IMMEDIATE");
  }

  unlock(): void {
    this.#other?.exec("ROLLBACK");
  }

  [Symbol.dispose](): void {
    this.#other?.close();
    this.#folder[Symbol.dispose]();
  }
}
