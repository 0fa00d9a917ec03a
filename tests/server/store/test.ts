/** Tests that every store must pass: each of them runs on each of `STORES`. */

import { assert, assertEquals } from "@std/assert";
import type { Event, Said } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { openStore } from "../../../server/store/open.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import {
  EVERYTHING,
  historyKeyOfTwo,
  SAID,
  type Search,
  type Store,
  TALK,
} from "../../../server/store/store.ts";
import { HalfSettledStore, SearchedStore } from "../../support/ahead.ts";
import { SEARCHES, SENTENCES } from "../../support/scripts.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn, lastIn, searchIn } from "../../support/stored.ts";

/** A store under test, which can be reopened if it is persistent. */
interface Subject {
  readonly name: string;
  open(folder: TempFolder): Store;
  readonly isPersistent: boolean;
}

const STORES: readonly Subject[] = [
  {
    name: "SQLite in a file",
    open: (folder) => new SqliteStore(`${folder.path}/chat.db`, { durable: false }),
    isPersistent: true,
  },
  {
    name: "SQLite behind a journal",
    open: ({ path }) => openStore({ data: path, durable: false, memory: false }),
    isPersistent: true,
  },
  {
    name: "SQLite in a file, durable",
    open: (folder) => new SqliteStore(`${folder.path}/chat.db`, { durable: true }),
    isPersistent: true,
  },
  {
    name: "SQLite in memory",
    open: () => new SqliteStore(":memory:", { durable: false }),
    isPersistent: false,
  },
  {
    name: "ahead of SQLite",
    open: ({ path }) => new SearchedStore(openStore({ data: path, durable: false, memory: false })),
    isPersistent: false,
  },
  {
    name: "half ahead of SQLite",
    open: ({ path }) =>
      new HalfSettledStore(openStore({ data: path, durable: false, memory: false })),
    isPersistent: false,
  },
];

/** Declares the test `name` for each store. */
function test(name: string, check: (store: Store, reopen: () => Store) => void): void {
  for (const { name: storeName, open, isPersistent } of STORES) {
    Deno.test(`${storeName}: ${name}`, () => {
      using folder = new TempFolder();
      let store = open(folder);
      check(store, () => {
        store.commit();
        if (!isPersistent) return store;
        store.close();
        return (store = open(folder));
      });
      store.close();
    });
  }
}

const ids = new EventIds();
let now = Date.UTC(2026, 10, 23);

/** Returns a message by Ada, a millisecond after the last one. */
function said(text: string, more: Partial<Said> = {}): Said {
  const time = now++;
  return {
    type: "Said",
    id: ids.next(time),
    time,
    by: { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" },
    command: "PRIVMSG",
    to: { type: "channel", channel: "#a" },
    text,
    tags: new Map(),
    ...more,
  };
}

const textsOf = (events: readonly Event[]) =>
  events.map((event) => event.type === "Said" ? event.text : event.type);

/** Appends ten messages to `#a`, "0" to "9". */
function ten(store: Store): Said[] {
  const events = Array.from({ length: 10 }, (_, i) => said(String(i)));
  for (const event of events) {
    store.append("#a", event);
    if (Number(event.text) % 3 === 2) store.commit();
  }
  return events;
}

test("history is read back unchanged and in order", (store, reopen) => {
  const events = [
    said("plain"),
    said("with\nlines", {
      lines: [{ text: "with", concat: false }, { text: "lines", concat: false }],
    }),
    said("tagged", { tags: new Map([["+draft/reply", "x"], ["+empty", ""]]) }),
    said("'; DROP TABLE block; -- \u0000 \u{1F600}", {
      by: { id: 2, nick: "B]b", mask: "B]b!~b@h", bot: true },
    }),
  ];
  for (const event of events) store.append("#a", event);
  assertEquals(firstIn(reopen(), "#a", {}, 10, EVERYTHING), events);
});

test("a page is the first or the last part of a range, without its bounds", (store) => {
  const events = ten(store);
  const id = (i: number) => events[i]?.id;
  const pages: [
    from: "first" | "last",
    after: number,
    before: number,
    limit: number,
    texts: string,
  ][] = [
    ["first", -1, -1, 3, "012"],
    ["last", -1, -1, 3, "789"],
    ["first", 3, -1, 3, "456"],
    ["last", -1, 3, 2, "12"],
    ["last", -1, 0, 5, ""],
    ["first", 9, -1, 5, ""],
    ["first", 2, 6, 10, "345"],
    ["last", 2, 6, 2, "45"],
    ["first", 6, 2, 10, ""],
    ["last", 6, 2, 10, ""],
    ["first", -1, -1, 100, "0123456789"],
    ["last", -1, -1, 100, "0123456789"],
  ];
  for (const [from, after, before, limit, texts] of pages) {
    const range = { after: id(after), before: id(before) };
    const read = from === "first" ? firstIn : lastIn;
    const found = textsOf(read(store, "#a", range, limit, EVERYTHING)).join("");
    assertEquals(found, texts, `${from} ${after} ${before}`);
  }
  assertEquals(firstIn(store, "#none", {}, 10, EVERYTHING), []);
  assertEquals(lastIn(store, "#none", {}, 10, EVERYTHING), []);
});

test("a page contains only accepted events", (store) => {
  ten(store);
  const isEven = (event: Event) => event.type === "Said" && Number(event.text) % 2 === 0;
  const even = { within: "all", accepts: isEven } as const;
  assertEquals(textsOf(firstIn(store, "#a", {}, 3, even)), ["0", "2", "4"]);
  assertEquals(textsOf(lastIn(store, "#a", {}, 3, even)), ["4", "6", "8"]);
});

test("messages are found behind any number of joins", (store) => {
  const joined =
    () => ({ ...said(""), type: "Joined", channel: "#a", realname: "", memberModes: "" } as const);
  const appendJoins = (count: number) => {
    for (let i = 0; i < count; i++) {
      store.append("#a", joined());
      store.commit();
    }
  };
  appendJoins(3);
  const one = said("one");
  const tagged = said("", { command: "TAGMSG", tags: new Map([["+x", "y"]]) });
  for (const event of [one, tagged, joined()]) store.append("#a", event);
  appendJoins(1001);
  assertEquals(textsOf(lastIn(store, "#a", {}, 5, TALK)), ["one"]);
  assertEquals(textsOf(firstIn(store, "#a", {}, 5, TALK)), ["one"]);
  for (const messages of [SAID, { ...SAID, within: "all" } as const]) {
    assertEquals(lastIn(store, "#a", {}, 5, messages), [one, tagged]);
    assertEquals(firstIn(store, "#a", {}, 5, messages), [one, tagged]);
  }
  store.replace("#a", one.id, undefined);
  assertEquals(lastIn(store, "#a", {}, 5, TALK), []);
  assertEquals(lastIn(store, "#a", {}, 5, SAID), [tagged]);
  store.replace("#a", tagged.id, undefined);
  assertEquals(lastIn(store, "#a", {}, 5, SAID), []);
});

test("a flood in one turn is read back completely", (store, reopen) => {
  const events = Array.from({ length: 1234 }, (_, i) => said(String(i)));
  for (const event of events) store.append("#a", event);
  const after = reopen();
  assertEquals(firstIn(after, "#a", {}, 5000, EVERYTHING), events);
  assertEquals(
    lastIn(after, "#a", { before: events[700]?.id }, 650, EVERYTHING),
    events.slice(50, 700),
  );
});

test("an event is found by its history and id", (store) => {
  const events = ten(store);
  for (const event of events) assertEquals(store.find("#a", event.id), event);
  assertEquals(store.find("#b", events[0]?.id ?? ""), undefined);
  assertEquals(store.find("#a", "nonsense"), undefined);
});

test("a removed event is gone, and a replaced one is changed", (store, reopen) => {
  const events = ten(store);
  store.replace("#a", events[4]?.id ?? "", undefined);
  store.replace("#a", events[5]?.id ?? "", { ...said("new"), id: events[5]?.id ?? "" });
  store.replace("#a", "nonsense", undefined);
  assertEquals(textsOf(firstIn(reopen(), "#a", {}, 20, EVERYTHING)), [
    "0",
    "1",
    "2",
    "3",
    "new",
    "6",
    "7",
    "8",
    "9",
  ]);
});

test("an event that is removed in the turn of its append is gone", (store) => {
  const event = said("oops");
  store.append("#a", event);
  store.replace("#a", event.id, undefined);
  store.commit();
  assertEquals(firstIn(store, "#a", {}, 10, EVERYTHING), []);
});

test("moving a history replaces the history at its new place", (store, reopen) => {
  store.append("#b", said("old"));
  store.append("#a", said("one"));
  store.move("#a", "#b");
  store.append("#b", said("two"));
  store.append("#a", said("new"));
  let after = reopen();
  assertEquals(textsOf(firstIn(after, "#b", {}, 10, EVERYTHING)), ["one", "two"]);
  assertEquals(textsOf(firstIn(after, "#a", {}, 10, EVERYTHING)), ["new"]);
  after.move("#a", undefined);
  after = reopen();
  assertEquals(firstIn(after, "#a", {}, 10, EVERYTHING), []);
  after.move("#b", "#b");
  assertEquals(textsOf(firstIn(reopen(), "#b", {}, 10, EVERYTHING)), ["one", "two"]);
});

test("the private conversations of a user are found, the latest first", (store) => {
  for (const other of ["bob", "eve", "ada"]) store.append(historyKeyOfTwo("ada", other), said("x"));
  store.append(historyKeyOfTwo("bob", "eve"), said("x"));
  store.append("#ada", said("x"));
  assertEquals(store.historyKeysOf("ada", 10), ["ada ada", "ada eve", "ada bob"]);
  assertEquals(store.historyKeysOf("ada", 1), ["ada ada"]);
  assertEquals(store.historyKeysOf("nobody", 10), []);
});

const account = (name: string, createdAt: number) => ({ name, createdAt, fingerprints: [] });
const BAN = { kind: "mask", target: "*!*@*", by: "ada", time: 1, reason: "'; --" } as const;

test("records are stored by kind and key, and removed", (store, reopen) => {
  const [ada, later, bob] = [account("Ada", 1), account("Ada", 2), account("Bob", 3)];
  store.keep("account", "ada", ada);
  store.keep("account", "ada", later);
  store.keep("account", "bob", bob);
  assertEquals([...store.records("account")], [["ada", later], ["bob", bob]], "before a commit");
  store.keep("ban", "ada", BAN);
  let after = reopen();
  assertEquals([...after.records("account")], [["ada", later], ["bob", bob]]);
  after.keep("account", "bob", undefined);
  after = reopen();
  assertEquals([...after.records("account")].map(([key]) => key), ["ada"]);
  assertEquals([...after.records("ban")], [["ada", BAN]]);
});

test("lastId is the id of the last event", (store, reopen) => {
  assertEquals(store.lastId, undefined);
  const events = ten(store);
  assertEquals(reopen().lastId, events.at(-1)?.id);
});

test("lastId is the id of the last event over all histories", (store, reopen) => {
  const [first, second, third] = [said("one"), said("two"), said("three")];
  store.append("#a", first);
  store.append("#b", second);
  store.append("#a", third);
  assertEquals(store.lastId, third.id, "even before it is committed");
  assertEquals(reopen().lastId, third.id);
});

test("a search goes on in its history, even if another history gets the key meanwhile", (store) => {
  store.append("#a", said("tea"));
  const scopes = [{ key: "#a" }];
  const steps = store.searchInSteps({ scopes, words: "tea", limit: 10, from: "last" });
  steps.next();
  store.move("#a", "#b");
  store.append("#a", said("secret tea"));
  // The new message is committed and indexed.
  searchIn(store, { scopes, words: "tea", limit: 10, from: "last" });
  let step = steps.next();
  while (!step.done) step = steps.next();
  assertEquals(textsOf(step.value.found.map(({ event }) => event)), ["tea"]);
});

test("messages are found by their words, author and time", (store) => {
  const eve = { id: 3, nick: "Eve", mask: "Eve!~e@h" };
  const events = [
    said("The quick brown fox jumps"),
    said("over the lazy dog", { by: eve }),
    said("Crème brûlée at five"),
    said("我们明天在京都见面", { by: eve }),
    said('a "quoted" OR -thing* (brown)'),
  ];
  for (const event of events) store.append("#a", event);
  store.append("#b", said("another brown fox"));
  store.append("#a", { ...said(""), type: "Parted", channel: "#a", reason: "brown" });
  const found = (places: readonly string[], words: string, more: Partial<Search> = {}) =>
    searchIn(store, {
      scopes: places.map((key) => ({ key })),
      words,
      limit: 10,
      from: "last",
      ...more,
    });
  const search = (words: string, more: Partial<Search> = {}) =>
    found(["#a"], words, more).map(({ event }) => events.findIndex(({ id }) => id === event.id));
  assertEquals(search("brown"), [0, 4]);
  assertEquals(search("BROWN fox"), [0]);
  assertEquals(search("creme"), [2]);
  assertEquals(search("jum"), [0], "the beginning of a word");
  assertEquals(search("京都"), [3]);
  assertEquals(search("quoted OR thing"), [4]);
  assertEquals(search('" OR NEAR( *'), []);
  assertEquals(search("", { nick: "eve" }), [1, 3]);
  assertEquals(search("the", { nick: "eve" }), [1]);
  assertEquals(search("brown", { after: events[0]?.id }), [4]);
  assertEquals(search("brown", { before: events[4]?.id }), [0]);
  assertEquals(search("brown", { limit: 1 }), [4]);
  assertEquals(search("brown", { limit: 1, from: "first" }), [0]);
  assertEquals(search("brown", { scopes: [{ key: "#a", since: events[0]?.id }] }), [4]);
  assertEquals(found(["#none"], "brown"), []);
  const foxes = found(["#b", "#a"], "fox");
  assertEquals(foxes.map(({ key }) => key), ["#a", "#b"]);
  assertEquals(textsOf(foxes.map(({ event }) => event)), [events[0]?.text, "another brown fox"]);
  store.replace("#a", foxes[1]?.event.id ?? "", undefined);
  assertEquals(found(["#b"], "fox").length, 1, "only an event of that history is removed");
  assertEquals(found(["#b", "#a"], "fox", { limit: 1 }).map(({ key }) => key), ["#b"]);
  store.replace("#a", events[0]?.id ?? "", undefined);
  assertEquals(search("brown"), [4]);
  assertEquals(search("brown", { limit: 1, from: "first" }), [4]);
});

test("messages in every script are found by their words", (store) => {
  const names = new Map<string, string>();
  for (const [name, text] of Object.entries(SENTENCES)) {
    const event = said(text);
    names.set(event.id, name);
    store.append("#a", event);
  }
  const found = SEARCHES.map(([words]) => [
    words,
    ...searchIn(store, { scopes: [{ key: "#a" }], words, limit: 10, from: "last" })
      .map(({ event }) => names.get(event.id)),
  ]);
  assertEquals(found, SEARCHES.map((search) => [...search]));
});

test("each indexed message stays in the index, and is there once", (store, reopen) => {
  ten(store);
  store.commit();
  store.tidy(0);
  const after = reopen();
  for (let i = 0; i < 3; i++) after.tidy(0);
  assertEquals(
    textsOf(
      searchIn(after, { scopes: [{ key: "#a" }], words: "7", limit: 10, from: "last" })
        .map(({ event }) => event),
    ),
    ["7"],
  );
  assert(after.trouble === undefined);
});

test("a search finds what was said last, although much was said since the index was written", (store) => {
  for (let i = 0; i < 5_000; i++) {
    store.append("#a", said(`line ${i} of a long talk about tea, biscuits, kettles and cups`));
    if (i % 100 === 0) store.commit();
  }
  store.append("#a", said("marmalade"));
  const search: Search = { scopes: [{ key: "#a" }], words: "marmalade", limit: 10, from: "last" };
  assertEquals(textsOf(searchIn(store, search).map(({ event }) => event)), ["marmalade"]);
});
