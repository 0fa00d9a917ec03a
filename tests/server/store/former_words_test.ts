import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import type { Said } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { StoreReader } from "../../../server/store/reader.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import type { Store } from "../../../server/store/store.ts";
import { verify } from "../../../server/store/verify.ts";
import { fixture } from "../../support/fixture.ts";
import { SEARCHES, SENTENCES } from "../../support/scripts.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { searchIn } from "../../support/stored.ts";

/** Searches that version 1 answered, and the text that they find. */
const BEFORE: readonly (readonly [search: string, text: string])[] = [
  ["before the step", "before the step"],
  ["tea 0", "tea 0"],
  ["1999", "tea 1999"],
  ["brulee", SENTENCES.french],
  ["东", SENTENCES.jingdong],
];
const OLD_TABLES = [
  "former_word_content",
  "former_word_data",
  "former_word_docsize",
  "former_content",
  "former_data",
  "former_docsize",
  "indexed",
  "word",
];

function open(path: string): SqliteStore {
  return new SqliteStore(path, { durable: false });
}

function found(store: Store, words: string): string[] {
  return searchIn(store, { scopes: [{ key: "#a" }], words, limit: 10, from: "last" })
    .map(({ event }) => event.type === "Said" ? event.text : event.type);
}

function assertFindsAllOfBefore(store: Store): void {
  for (const [words, text] of BEFORE) assert(found(store, words).includes(text), words);
}

/** The tables of version 1 that are left, and those that are to be deleted. */
function oldTables(path: string): unknown[] {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare("SELECT name FROM sqlite_schema ORDER BY name").all()
    .map(({ name }) => name).filter((name) => OLD_TABLES.includes(String(name)));
}

/** Calls `tidy` until nothing of version 1 is left; returns the number of calls. */
function tidyUntilRenewed(store: Store, path: string, check = () => {}): number {
  for (let calls = 0; calls < 10_000; calls++) {
    if (oldTables(path).length === 0) return calls;
    store.tidy(0);
    assertEquals(store.trouble, undefined);
    check();
  }
  throw new Error("the index is never renewed");
}

function assertIsSound(path: string): void {
  using reader = new StoreReader(path);
  assertEquals(verify(reader).error, undefined);
}

function assertSearchesEveryScript(store: Store): void {
  const names = new Map<string, string>(
    Object.entries(SENTENCES).map(([name, text]) => [text, name]),
  );
  for (const [words, ...expected] of SEARCHES) {
    assertEquals(found(store, words).map((text) => names.get(text)), expected, words);
  }
}

function said(text: string): Said {
  const id = new EventIds().next(Date.UTC(2099, 0));
  return {
    type: "Said",
    id,
    time: Date.UTC(2099, 0),
    by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
    command: "PRIVMSG",
    to: { type: "channel", channel: "#a" },
    text,
    tags: new Map(),
  };
}

Deno.test("the index of version 1 is renewed a little at a time, and search finds the same messages meanwhile", async () => {
  using folder = new TempFolder();
  const path = await fixture(1, folder);
  const store = open(path);
  store.append("#a", said("after the step"));
  store.commit();
  const calls = tidyUntilRenewed(store, path, () => {
    assertFindsAllOfBefore(store);
    assertEquals(found(store, "after step"), ["after the step"]);
    assertIsSound(path);
  });
  assert(calls > 3, `${calls} calls`);
  assertSearchesEveryScript(store);
  store.close();
  const reopened = open(path);
  assertSearchesEveryScript(reopened);
  assertFindsAllOfBefore(reopened);
  reopened.close();
});

Deno.test("a crash at any moment of the renewal loses nothing", async () => {
  using folder = new TempFolder();
  const path = await fixture(1, folder);
  const store = open(path);
  const copies: string[] = [];
  tidyUntilRenewed(store, path, () => {
    const copy = `${folder.path}/copy${copies.length}.db`;
    for (const file of ["", "-wal"]) Deno.copyFileSync(`${path}${file}`, `${copy}${file}`);
    copies.push(copy);
  });
  store.close();
  for (const copy of copies) {
    const after = open(copy);
    assertFindsAllOfBefore(after);
    tidyUntilRenewed(after, copy);
    assertSearchesEveryScript(after);
    after.close();
    assertIsSound(copy);
  }
});

Deno.test("a message that is taken back during the renewal is in no index", async () => {
  using folder = new TempFolder();
  const path = await fixture(1, folder);
  const store = open(path);
  store.tidy(0);
  for (const words of ["before the step", "tea 1999"]) {
    const [message] = searchIn(store, { scopes: [{ key: "#a" }], words, limit: 1, from: "last" });
    store.replace("#a", message?.event.id ?? "", undefined);
    store.commit();
    assertEquals(found(store, words), []);
  }
  tidyUntilRenewed(store, path);
  assertEquals(found(store, "before the step"), []);
  store.close();
  assertIsSound(path);
});

Deno.test("a database of version 1 that no server has opened since can be verified", async () => {
  using folder = new TempFolder();
  assertIsSound(await fixture(1, folder));
});
