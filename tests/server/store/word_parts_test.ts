import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import type { Said } from "../../../server/events/events.ts";
import { EventIds, timeOf } from "../../../server/events/ids.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import type { Search, SearchResult } from "../../../server/store/store.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const MESSAGES = 110;
const TEA: Search = { scopes: [{ key: "#a" }], words: "tea", limit: 100, from: "last" };

/** Opens a store whose index has one message in each part, and fills it. */
function filled(path: string): SqliteStore {
  const store = new SqliteStore(path, { durable: false, partMessages: 1 });
  const ids = new EventIds();
  for (let index = 0; index < MESSAGES; index++) {
    const id = ids.next(index * 1000);
    const said: Said = {
      type: "Said",
      id,
      time: timeOf(id),
      by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
      command: "PRIVMSG",
      to: { type: "channel", channel: "#a" },
      text: `${index === 0 ? "needle " : ""}tea ${index}`,
      tags: new Map(),
    };
    store.append("#a", said);
    // Reading first writes the waiting messages, so each message has a block of its own.
    store.find("#a", id);
  }
  while (Number(store.size()?.unindexed) > 0) store.tidy(0);
  return store;
}

/** Returns the result of a search and the number of its steps. */
function searched(store: SqliteStore, search: Search): SearchResult & { steps: number } {
  const reading = store.searchInSteps(search);
  for (let steps = 1;; steps++) {
    const { done, value } = reading.next();
    if (done) return { ...value, steps };
  }
}

function textsOf({ found }: SearchResult): string[] {
  return found.map(({ event }) => event.type === "Said" ? event.text : event.type);
}

Deno.test("a search reads one part of the index after the other, and only the parts that it needs", () => {
  const store = filled(":memory:");
  const last = searched(store, { ...TEA, limit: 3 });
  assertEquals(textsOf(last), ["tea 107", "tea 108", "tea 109"]);
  assert(last.steps < 10, `it took ${last.steps} steps`);
  assertEquals(last.cut, undefined);
  const first = searched(store, { ...TEA, limit: 3, from: "first" });
  assertEquals(textsOf(first), ["needle tea 0", "tea 1", "tea 2"]);
  store.close();
});

Deno.test("a search for words that all messages have reads a part in several steps", () => {
  const store = new SqliteStore(":memory:", { durable: false });
  const ids = new EventIds();
  const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };
  for (let index = 0; index < 9000; index++) {
    const id = ids.next(index * 1000);
    const to = { type: "channel", channel: "#a" } as const;
    const said = { id, time: timeOf(id), by, to, text: "alpha beta", tags: new Map() };
    store.append("#a", { type: "Said", command: "PRIVMSG", ...said });
  }
  store.commit();
  while (Number(store.size()?.unindexed) > 0) store.tidy(0);
  for (const from of ["first", "last"] as const) {
    const nowhere = searched(store, { ...TEA, words: "beta-alpha", from });
    assertEquals([nowhere.found.length, nowhere.cut], [0, undefined]);
    assert(nowhere.steps > 4, `${nowhere.steps} steps`);
    const all = searched(store, { ...TEA, words: "alpha-beta", limit: 8999, from });
    assertEquals(all.found.length, 8999);
    assertEquals(timeOf(all.found[0]?.event.id ?? ""), from === "first" ? 0 : 1000);
  }
  store.close();
});

Deno.test("long messages fill a part of the index sooner", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false, partMessages: 50 });
  const ids = new EventIds();
  const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };
  for (let index = 0; index < 50; index++) {
    const id = ids.next(index * 1000);
    const to = { type: "channel", channel: "#a" } as const;
    const said = { id, time: timeOf(id), by, to, text: "tea ".repeat(1000), tags: new Map() };
    store.append("#a", { type: "Said", command: "PRIVMSG", ...said });
    store.find("#a", id);
  }
  while (Number(store.size()?.unindexed) > 0) store.tidy(0);
  store.close();
  using db = new DatabaseSync(path);
  assert(Number(db.prepare("SELECT count(*) AS parts FROM part").get()?.["parts"]) > 20);
});

Deno.test("a search ends after 100 parts and says where it ended, and another search can continue there", () => {
  const store = filled(":memory:");
  const { found, cut } = searched(store, { ...TEA, words: "needle" });
  assertEquals(found, []);
  assert(cut !== undefined && timeOf(cut) === 9000);
  const rest = searched(store, { ...TEA, words: "needle", before: new EventIds().next(10_000) });
  assertEquals(textsOf(rest), ["needle tea 0"]);
  assertEquals(rest.cut, undefined);
  store.close();
});

Deno.test("the parts of removed messages are removed, and the others stay after a restart", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  filled(path).close();
  const store = new SqliteStore(path, { durable: false, partMessages: 1 });
  store.retain({ keepMs: 10_500 });
  for (let i = 0; i < 200; i++) store.tidy((MESSAGES - 1) * 1000);
  assertEquals(searched(store, TEA).found.length, 11);
  store.close();
  const db = new DatabaseSync(path);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE sql LIKE '%USING fts5%'").all();
  const parts = db.prepare("SELECT number FROM part").all();
  db.close();
  assertEquals(tables.length, parts.length);
  assert(parts.length < 15, `there are ${parts.length} parts`);
});
