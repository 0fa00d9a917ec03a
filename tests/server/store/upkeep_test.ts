import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { Upkeep } from "../../../server/store/upkeep.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
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

/** Returns the number of pages of 4 KiB in the write-ahead log of the database at `path`. */
function logPages(path: string): number {
  return Math.floor(Deno.statSync(`${path}-wal`).size / 4096);
}

Deno.test("the log stays short however much is written at once, so that no checkpoint takes long", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false });
  let longest = 0;
  for (let turn = 0; turn < 60; turn++) {
    for (let index = 0; index < 10; index++) {
      store.keep("secret", `${turn} ${index}`, "x".repeat(20_000));
    }
    store.commit();
    longest = Math.max(longest, logPages(path));
  }
  assert(longest > 100, `${longest}`);
  assert(longest < 600, `${longest}`);
  store.close();
});

Deno.test("while another program reads the database, writes go on; the log is copied later", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false });
  const keep = (turn: number) => {
    for (let index = 0; index < 10; index++) {
      store.keep("secret", `${index}`, `${turn}`.repeat(25_000));
    }
    store.commit();
  };
  keep(0);
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM record").get();
  for (let turn = 1; turn < 20; turn++) keep(turn);
  assert(logPages(path) > 1500);
  reader.exec("ROLLBACK");
  reader.close();
  store.tidy(0);
  keep(20);
  assert(logPages(path) < 400, "the next call of tidy copies the log");
  store.close();
});
