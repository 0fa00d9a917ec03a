import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { Upkeep } from "../server/store/upkeep.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** A database whose log has so many pages, more or less, and how many of them are in its file. */
function logOf(pages: number) {
  const folder = new TempFolder();
  const db = new DatabaseSync(`${folder.path}/chat.db`);
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE filling (page TEXT)");
  const upkeep = new Upkeep(db);
  db.exec("BEGIN");
  const fill = db.prepare("INSERT INTO filling VALUES (?)");
  for (let i = 0; i < pages; i++) fill.run("x".repeat(4000));
  db.exec("COMMIT");
  return {
    upkeep,
    broughtIn: () => Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["checkpointed"]),
    [Symbol.dispose]() {
      db.close();
      folder[Symbol.dispose]();
    },
  };
}

Deno.test("a log is brought in when nobody talks, or when it cannot wait any longer", () => {
  for (
    const [pages, isQuiet, expected] of [
      [10, true, false],
      [1100, false, false],
      [1100, true, true],
      [4100, false, true],
    ] as const
  ) {
    using log = logOf(pages);
    assertEquals(log.broughtIn(), 0, "SQLite has not done it by itself");
    log.upkeep.advance({ isQuiet });
    assertEquals(log.broughtIn() > 0, expected, `${pages} ${isQuiet}`);
  }
});

Deno.test("a database in memory has no log", () => {
  const db = new DatabaseSync(":memory:");
  new Upkeep(db).advance({ isQuiet: true });
  assert(db.isOpen);
  db.close();
});
