import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { Upkeep } from "../../../server/store/upkeep.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** Makes a database whose write-ahead log has about `pages` pages. */
function logOf(pages: number) {
  const folder = new TempFolder();
  const db = new DatabaseSync(`${folder.path}/chat.db`);
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE filling (page TEXT)");
  const upkeep = new Upkeep(db, 100);
  db.exec("BEGIN");
  const fill = db.prepare("INSERT INTO filling VALUES (?)");
  for (let i = 0; i < pages; i++) fill.run("x".repeat(4000));
  db.exec("COMMIT");
  return {
    upkeep,
    checkpointed: () => Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["checkpointed"]),
    [Symbol.dispose]() {
      db.close();
      folder[Symbol.dispose]();
    },
  };
}

Deno.test("a checkpoint empties the log while the server is quiet, or once the log is too long", () => {
  for (
    const [pages, isQuiet, expected] of [
      [10, true, false],
      [300, false, false],
      [300, true, true],
      [1100, false, true],
    ] as const
  ) {
    using log = logOf(pages);
    assertEquals(log.checkpointed(), 0, "SQLite does not checkpoint by itself");
    assertEquals(log.upkeep.isDue({ isQuiet }), expected, `${pages} ${isQuiet}`);
  }
});

Deno.test("a database in memory has no log", () => {
  const db = new DatabaseSync(":memory:");
  const upkeep = new Upkeep(db, 100);
  assert(!upkeep.isDue({ isQuiet: true }));
  assert(upkeep.checkpoint());
  db.close();
});
