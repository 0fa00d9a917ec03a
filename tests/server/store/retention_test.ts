import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { idAt } from "../../../server/events/ids.ts";
import { StoreReader } from "../../../server/store/reader.ts";
import type { RetentionLimits } from "../../../server/store/store.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING, historyKeyOfTwo } from "../../../server/store/store.ts";
import { verify } from "../../../server/store/verify.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn, lastIn, searchIn } from "../../support/stored.ts";

const HOUR = 3_600_000;
const TEA = { scopes: [{ key: "#a" }], words: "tea", limit: 1000, from: "last" } as const;
const START = Date.UTC(2026, 10, 23);

/** Returns a store with these limits and a message an hour, from {@linkcode START} on. */
function storeOf(keeping: RetentionLimits, hours: number, text = "tea") {
  const folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false, keeping });
  const append = (hour: number, key = "#a", ahead = 0, words = text) => {
    const time = START + hour * HOUR;
    const by = { id: 1, nick: "ada", mask: "ada!~ada@h" };
    const to = { type: "channel", channel: "#a" } as const;
    const common = { type: "Said", by, to, command: "PRIVMSG", tags: new Map() } as const;
    store.append(key, { ...common, id: idAt(time + ahead), time, text: words });
  };
  const say = (hour: number, key?: string, ahead?: number) => {
    append(hour, key, ahead);
    store.commit();
  };
  for (let hour = 0; hour < hours; hour++) say(hour);
  return {
    store,
    append,
    say,
    path,
    count: () => firstIn(store, "#a", {}, 100_000, EVERYTHING).length,
    /** Runs the store's maintenance for some minutes at that hour. */
    pass(hour: number) {
      for (let i = 0; i < 2000; i++) store.tidy(START + hour * HOUR);
    },
    [Symbol.dispose]() {
      store.close();
      folder[Symbol.dispose]();
    },
  };
}

Deno.test("messages older than the limit are removed, with their words", () => {
  using kept = storeOf({ keepMs: 24 * HOUR }, 100);
  kept.pass(50);
  assertEquals(kept.count(), 74, "the messages of hours 26 to 99");
  assertEquals(searchIn(kept.store, TEA).length, 74);
  kept.pass(100.5);
  assertEquals(kept.count(), 23);
  kept.say(101);
  kept.pass(101);
  assertEquals(searchIn(kept.store, TEA).length, 24);
});

Deno.test("messages whose ids ran ahead of the clock are removed by their own times", () => {
  using kept = storeOf({ keepMs: 24 * HOUR }, 10);
  const leap = 1000 * 24 * HOUR;
  kept.say(10 + leap / HOUR);
  for (let hour = 11; hour < 60; hour++) kept.say(hour, "#a", leap);
  kept.pass(60);
  assertEquals(kept.count(), 24, "the messages of hours 36 to 59");
});

Deno.test("messages from hours in which the clock was years ahead are removed once later ones are too old", () => {
  using kept = storeOf({ keepMs: 24 * HOUR }, 10);
  const leap = 1000 * 24 * HOUR;
  for (let hour = 10; hour < 70; hour++) kept.say(hour + leap / HOUR);
  kept.pass(70);
  assertEquals(kept.count(), 60, "the times of these messages are not known");
  for (let hour = 70; hour < 140; hour++) kept.say(hour, "#a", 2 * leap);
  kept.pass(140);
  assertEquals(kept.count(), 24, "the messages of hours 116 to 139");
});

Deno.test("after the clock was years behind, messages are removed as before", () => {
  using kept = storeOf({ keepMs: 24 * HOUR }, 60);
  kept.pass(-10_000);
  assertEquals(kept.count(), 60);
  kept.pass(60);
  assertEquals(kept.count(), 24, "the messages of hours 36 to 59");
});

Deno.test("without a limit, everything is kept", () => {
  using kept = storeOf({}, 50);
  kept.pass(1_000_000);
  assertEquals(kept.count(), 50);
});

Deno.test("the limits can change while the store is open", () => {
  using kept = storeOf({}, 50);
  kept.pass(50);
  kept.store.retain({ keepMs: 10 * HOUR });
  kept.pass(50);
  assertEquals(kept.count(), 10);
});

Deno.test("the last id is kept, so that ids still ascend", () => {
  using kept = storeOf({ keepMs: HOUR }, 3);
  kept.pass(1_000_000);
  assertEquals(kept.store.lastId, idAt(START + 2 * HOUR));
});

Deno.test("messages of several rooms in one commit are removed in time, with their words", () => {
  using kept = storeOf({ keepMs: HOUR }, 0);
  kept.append(0);
  kept.append(0.1, "#b");
  kept.append(0.9);
  kept.store.commit();
  kept.say(5);
  const found = () => searchIn(kept.store, { ...TEA, scopes: [...TEA.scopes, { key: "#b" }] });
  kept.pass(1.5);
  assertEquals([kept.count(), found().length], [3, 4]);
  kept.pass(2);
  assertEquals([kept.count(), found().length], [1, 1]);
  using reader = new StoreReader(kept.path);
  assertEquals(verify(reader).error, undefined);
});

Deno.test("a database over its size limit removes the oldest messages and shrinks", () => {
  using kept = storeOf({ keepBytes: 1024 ** 2 }, 6000, "tea ".repeat(100));
  const size = () => {
    const db = new DatabaseSync(kept.path);
    const pages = Number(db.prepare("PRAGMA page_count").get()?.["page_count"]);
    db.close();
    return pages * 4096;
  };
  assert(size() > 2.5 * 1024 ** 2, `${size()} bytes`);
  kept.pass(6000);
  // Up to a megabyte of free space is kept.
  assert(size() < 2.1 * 1024 ** 2, `${size()} bytes`);
  const left = kept.count();
  assert(left > 500 && left < 5000, `${left} messages`);
  assertEquals(
    lastIn(kept.store, "#a", {}, 1, EVERYTHING)[0]?.time,
    START + 5999 * HOUR,
    "the latest messages stay",
  );
});

Deno.test("the words of deleted messages take little of a small size limit", () => {
  using kept = storeOf({}, 0);
  for (let i = 0; i < 8000; i++) {
    kept.append(i, "#a", 0, `${i} w${i * 7919} v${i * 104729} u${i * 1299709}`);
    if (i % 50 === 49) kept.store.commit();
    if (i === 0) kept.store.retain({ keepBytes: 1024 ** 2 });
  }
  kept.pass(8000);
  const left = kept.count();
  assert(left > 700, `${left} messages`);
});

Deno.test("deleting history writes little at a time, whatever the messages are", () => {
  const words = Array.from({ length: 3000 }, (_, index) => `w${index}`).join(" ");
  using kept = storeOf({}, 300, words);
  // This call indexes all messages.
  kept.pass(300);
  const db = new DatabaseSync(kept.path);
  const pages = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  kept.store.retain({ keepMs: HOUR });
  const written: number[] = [];
  for (let calls = 0, before = 0; calls < 500; calls++) {
    kept.store.tidy(START + 300 * HOUR);
    const after = Number(pages.get()?.["log"]);
    written.push(after - before);
    before = after;
  }
  db.close();
  assertEquals(kept.count(), 1);
  assert(Math.max(...written) < 400, `${Math.max(...written)} pages were written at once`);
});

Deno.test("a private conversation is forgotten with its messages", () => {
  using kept = storeOf({ keepMs: HOUR }, 0);
  kept.say(0, historyKeyOfTwo("ada", "bob"));
  kept.say(1);
  kept.pass(10);
  assertEquals(kept.store.historyKeysOf("ada", 10), []);
  kept.say(11, historyKeyOfTwo("ada", "bob"));
  assertEquals(kept.store.historyKeysOf("ada", 10), ["ada bob"]);
  assertEquals(firstIn(kept.store, "ada bob", {}, 10, EVERYTHING).length, 1);
});
