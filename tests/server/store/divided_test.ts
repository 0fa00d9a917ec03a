/** Tests of databases whose search index an earlier version has not divided into parts. */

import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import type { Said } from "../../../server/events/events.ts";
import { type EventId, idAt } from "../../../server/events/ids.ts";
import { StoreReader } from "../../../server/store/reader.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING, type Store } from "../../../server/store/store.ts";
import { verify } from "../../../server/store/verify.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn, searchIn } from "../../support/stored.ts";

const MESSAGES = 300;
const PARTS = { durable: false, partMessages: 50 } as const;

function said(index: number, text: string): Said {
  const time = (index + 1) * 1000;
  return {
    type: "Said",
    id: idAt(time),
    time,
    by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
    command: "PRIVMSG",
    to: { type: "channel", channel: "#a" },
    text,
    tags: new Map(),
  };
}

function say(store: Store, index: number, text: string): EventId {
  const event = said(index, text);
  store.append("#a", event);
  // Each message is in a block of its own.
  store.find("#a", event.id);
  return event.id;
}

function found(store: Store, words: string): string[] {
  return searchIn(store, { scopes: [{ key: "#a" }], words, limit: 1000, from: "last" })
    .map(({ event }) => event.type === "Said" ? event.text : event.type);
}

/** Makes a database as an earlier version left it: all words are in one table. */
function undivided(path: string, words = 0): void {
  const store = new SqliteStore(path, { durable: false, partMessages: 1_000_000 });
  let count = 0;
  for (let i = 0; i < MESSAGES; i++) {
    say(
      store,
      i,
      `tea ${i}${" long".repeat(words)}`.replaceAll("long", () => `w${count++}`),
    );
  }
  while (Number(store.size()?.unindexed) > 0) store.tidy(0);
  store.close();
  const db = new DatabaseSync(path);
  db.exec(`UPDATE part SET messages = 1000000; DROP INDEX said_of_place; PRAGMA user_version = 5`);
  db.close();
}

function tables(path: string): string[] {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare("SELECT name FROM sqlite_schema WHERE sql LIKE '%USING fts5%' ORDER BY name")
    .all().map(({ name }) => String(name));
}

function assertIsSound(path: string): void {
  using reader = new StoreReader(path);
  assertEquals(verify(reader).error, undefined);
}

Deno.test("an undivided search index is divided a little at a time, and search always answers", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  undivided(path);
  const store = new SqliteStore(path, PARTS);
  const removed = say(store, MESSAGES, "tea to be removed");
  let calls = 0;
  for (; tables(path).includes("term"); calls++) {
    assert(calls < 1000, "it is never divided");
    store.tidy(0);
    assertEquals(store.trouble, undefined);
    if (calls === 0) store.replace("#a", removed, undefined);
    if (calls === 1) store.replace("#a", idAt(6000), undefined);
    const all = found(store, "tea");
    assertEquals(all.length, new Set(all).size);
    assert(all.length >= MESSAGES - 1 && all.includes("tea 7") && all.includes("tea 299"));
    assertIsSound(path);
  }
  assert(calls > 3, `${calls} calls`);
  assertEquals(found(store, "tea").length, MESSAGES - 1);
  assertEquals(found(store, "5").includes("tea 5"), false);
  assert(tables(path).length >= 6, tables(path).join());
  assertIsSound(path);
  store.close();
  const reopened = new SqliteStore(path, PARTS);
  assertEquals(found(reopened, "29"), ["tea 29"]);
  assertEquals(found(reopened, "29").concat(found(reopened, "290")), ["tea 29", "tea 290"]);
  reopened.close();
});

Deno.test("a server that is killed while the index is divided goes on with it at its next start", () => {
  using folder = new TempFolder();
  let path = `${folder.path}/chat.db`;
  undivided(path);
  for (let starts = 0; tables(path).includes("term"); starts++) {
    assert(starts < 1000, "it is never divided");
    const store = new SqliteStore(path, PARTS);
    store.tidy(0);
    assertEquals(found(store, "tea").length, MESSAGES);
    // A killed server leaves its files as they are.
    const left = `${folder.path}/left${starts}.db`;
    for (const file of ["", "-wal"]) Deno.copyFileSync(`${path}${file}`, `${left}${file}`);
    store.close();
    path = left;
    assertIsSound(path);
  }
});

Deno.test("the size limit removes no history for an index that is about to be removed", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  undivided(path, 50);
  // In the meantime, the words of all messages are in both indexes.
  const keepBytes = Deno.statSync(path).size + 16 * 4096;
  const store = new SqliteStore(path, {
    durable: false,
    partMessages: 10_000,
    keeping: { keepBytes },
  });
  for (let i = 0; i < 300; i++) store.tidy((MESSAGES + 1) * 1000);
  assertEquals(tables(path).includes("term"), false);
  assertEquals(firstIn(store, "#a", {}, 1000, EVERYTHING).length, MESSAGES);
  store.close();
});
