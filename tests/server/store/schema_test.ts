/**
 * Tests that databases of every earlier version are migrated to the newest. Before you add a step to
 * `server/store/schema.ts`, make a database of the current version:
 *
 * 1. Run `chat serve --data DIR`. In #a, as ada, say "before the step" and set the topic "tea".
 * 2. Stop the server and run `gzip -9 < DIR/chat.db > tests/fixtures/chat-v1.db.gz`, with the number
 *    of the version in place of 1.
 *
 * The database of version 1 also has, in #a, the sentences of `tests/support/scripts.ts` and 2000 further
 * messages, "tea 0" to "tea 1999", each in a block of its own and indexed.
 */

import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "@std/assert";
import { migrate, VERSION } from "../../../server/store/schema.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING } from "../../../server/store/store.ts";
import { fixture } from "../../support/fixture.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn } from "../../support/stored.ts";

function versionOf(db: DatabaseSync): unknown {
  return db.prepare("PRAGMA user_version").get()?.["user_version"];
}

for (let version = 1; version < VERSION; version++) {
  Deno.test(`a database of version ${version} is migrated with its content`, async () => {
    using folder = new TempFolder();
    const path = await fixture(version, folder);
    const store = new SqliteStore(path, { durable: false });
    const [said] = firstIn(store, "#a", {}, 100, EVERYTHING)
      .filter((event) => event.type === "Said" && event.text === "before the step");
    assertEquals(said?.by.nick, "ada");
    assertEquals([...store.records("channel")].map(([, { topic }]) => topic?.text), ["tea"]);
    store.keep("channel", "#a", undefined);
    store.tidy(0);
    assertEquals(store.trouble, undefined);
    store.close();
    const db = new DatabaseSync(path);
    assertEquals(versionOf(db), VERSION);
    db.close();
  });
}

const STEPS = [
  "CREATE TABLE tea (pot TEXT); INSERT INTO tea VALUES ('first')",
  "ALTER TABLE tea ADD COLUMN cups INTEGER",
  "UPDATE tea SET cups = 4",
];

Deno.test("the missing steps are applied to every version, in order and once", () => {
  for (let version = 0; version <= STEPS.length; version++) {
    const db = new DatabaseSync(":memory:");
    migrate(db, "chat.db", STEPS.slice(0, version));
    if (version > 1) db.exec("UPDATE tea SET cups = 2");
    migrate(db, "chat.db", STEPS);
    migrate(db, "chat.db", STEPS);
    const cups = version < STEPS.length ? 4 : 2;
    assertEquals(db.prepare("SELECT pot, cups FROM tea").all().map((row) => ({ ...row })), [
      { pot: "first", cups },
    ]);
    assertEquals(versionOf(db), STEPS.length);
    db.close();
  }
});

Deno.test("a failed step leaves the version before it unchanged", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const broken = [STEPS[0] ?? "", "UPDATE tea SET pot = 'second'; SELECT nonsense"];
  let db = new DatabaseSync(path);
  assertThrows(() => migrate(db, path, broken), Error, "nonsense");
  db.close();
  db = new DatabaseSync(path);
  assertEquals(versionOf(db), 1);
  assertEquals(db.prepare("SELECT pot FROM tea").get()?.["pot"], "first");
  migrate(db, path, STEPS);
  assertEquals(versionOf(db), STEPS.length);
  db.close();
});
