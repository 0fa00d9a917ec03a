import { assert, assertEquals, assertThrows } from "@std/assert";
import { AheadStore } from "../../../server/cluster/ahead_store.ts";
import type { Event, Said } from "../../../server/events/events.ts";
import type { EventId } from "../../../server/events/ids.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import {
  type End,
  EVERYTHING,
  type HistoryKey,
  isTalk,
  SAID,
  type Search,
  type Store,
  TALK,
} from "../../../server/store/store.ts";
import { LoggedStore } from "../../support/ahead.ts";
import type { Random } from "../../support/random.ts";
import { CHANNELS, StoreChanges, WORDS } from "../../support/store_changes.ts";
import { firstIn, lastIn, searchIn } from "../../support/stored.ts";

const textsOf = (events: readonly Event[]) =>
  events.map((event) => event.type === "Said" ? event.text : event.type);

const FILTERS = [
  EVERYTHING,
  TALK,
  SAID,
  {
    within: "talk",
    accepts: (event: Event) => isTalk(event) && textsOf([event]).join().includes("tea"),
  },
] as const;

/** A store in memory, in which each event has a block of its own. */
class OneByOne extends SqliteStore {
  constructor() {
    super(":memory:", { durable: false });
  }

  override append(key: HistoryKey, event: Event): void {
    super.append(key, event);
    this.commit();
  }
}

/** Compares all reads of a store that is ahead with the reads of a store that has everything. */
function compare(changes: StoreChanges, ahead: Store, plain: Store, isOrdered: boolean): void {
  const { random } = changes;
  for (let i = 0; i < 3; i++) {
    const [key, id] = changes.some();
    assertEquals(ahead.find(key, id), plain.find(key, id));
    const [range, wanted] = [changes.range(), random.pick(FILTERS)];
    const limit = 1 + random.below(6);
    assertEquals(
      firstIn(ahead, key, range, limit, wanted),
      firstIn(plain, key, range, limit, wanted),
    );
    assertEquals(
      lastIn(ahead, key, range, limit, wanted),
      lastIn(plain, key, range, limit, wanted),
    );
    for (const from of ["first", "last"] as const) {
      const read = (store: Store) => inOrder([...store.pages(key, range, from, wanted)], from);
      assertEquals(read(ahead), read(plain));
    }
  }
  for (const kind of ["account", "marker"] as const) {
    assertEquals([...ahead.records(kind)], [...plain.records(kind)]);
  }
  assertEquals(ahead.lastId, plain.lastId);
  for (const identity of ["ada", "eve", "nobody"]) {
    const keys = ahead.historyKeysOf(identity, 10);
    const expected = plain.historyKeysOf(identity, 10);
    assertEquals(isOrdered ? keys : keys.toSorted(), isOrdered ? expected : expected.toSorted());
    if (isOrdered) assertEquals(ahead.historyKeysOf(identity, 2), expected.slice(0, 2));
  }
}

function inOrder(pages: readonly Event[][], from: End): Event[] {
  return (from === "first" ? pages : pages.toReversed()).flat();
}

/** The ids in the batches that the base does not have. */
interface Unsettled {
  readonly added: Set<EventId>;
  readonly replaced: Set<EventId>;
}

/** Notes which ids are unsettled. */
class NotingStore extends LoggedStore {
  readonly #batches: Unsettled[] = [{ added: new Set(), replaced: new Set() }];

  get added(): Set<EventId> {
    return new Set(this.#batches.flatMap(({ added }) => [...added]));
  }

  get replaced(): Set<EventId> {
    return new Set(this.#batches.flatMap(({ replaced }) => [...replaced]));
  }

  override append(key: HistoryKey, event: Event): void {
    super.append(key, event);
    this.#batches.at(-1)?.added.add(event.id);
  }

  override replace(key: HistoryKey, id: EventId, event: Event | undefined): void {
    super.replace(key, id, event);
    this.#batches.at(-1)?.replaced.add(id);
  }

  override seal(): void {
    super.seal();
    this.#batches.push({ added: new Set(), replaced: new Set() });
  }

  override settleNext(): boolean {
    if (!super.settleNext()) return false;
    this.#batches.shift();
    return true;
  }
}

/** Compares the messages that a search finds, as far as the base has them. */
function compareSearch(changes: StoreChanges, ahead: NotingStore, plain: Store): void {
  const { random } = changes;
  const scopes = CHANNELS.filter(() => random.below(2) === 0).map((key) => ({ key }));
  const from = random.pick(["first", "last"] as const);
  const words = random.pick([...WORDS, ""]);
  const search: Search = { scopes, words, nick: "ada", ...changes.range(), limit: 10_000, from };
  const { added, replaced } = ahead;
  const found = searchIn(ahead, search);
  const gone = found.filter(({ event }) => added.has(event.id) || replaced.has(event.id));
  assertEquals(gone, []);
  // Whether a message is found after it was replaced depends on the moment at which it was indexed.
  const isSure = ({ event: { id } }: { readonly event: Event }) =>
    !added.has(id) && !replaced.has(id) && !changes.changed.has(id);
  const expected = searchIn(plain, search).filter(isSure);
  assertEquals(found.filter(isSure), expected);
}

/** Takes random steps; `settle` is called after each. */
function run(
  seed: number,
  settle: (store: LoggedStore, random: Random) => void,
): void {
  const isOrdered = seed % 2 === 0;
  const open = () => isOrdered ? new OneByOne() : new SqliteStore(":memory:", { durable: false });
  const plain = open();
  const ahead = new NotingStore(open());
  const changes = new StoreChanges(seed, [plain, ahead]);
  for (let step = 0; step < 120; step++) {
    changes.step();
    if (changes.random.below(3) === 0) ahead.seal();
    settle(ahead, changes.random);
    compare(changes, ahead, plain, isOrdered);
    if (changes.random.below(4) === 0) compareSearch(changes, ahead, plain);
  }
  plain.close();
  ahead.close();
}

Deno.test("a store that is ahead reads like one that has everything, though nothing is settled", () => {
  for (let seed = 0; seed < 4; seed++) run(seed, () => {});
});

Deno.test("a store that is ahead reads like one that has everything, at each moment of settling", () => {
  for (let seed = 100; seed < 110; seed++) {
    run(seed, (store, random) => {
      for (let left = random.below(4) - 1; left > 0; left--) store.settleNext();
    });
  }
});

/** Reads a history in pages, with random changes of it between them. */
function readMeanwhile(seed: number): void {
  const base = new OneByOne();
  const ahead = new LoggedStore(base);
  const changes = new StoreChanges(seed, [ahead]);
  const { random } = changes;
  const present = new Map<EventId, Event>();
  const append = (key: HistoryKey) => {
    const event = changes.said(`${key} ${present.size}`);
    if (key === "#a") present.set(event.id, event);
    ahead.append(key, event);
    if (random.below(3) === 0) ahead.seal();
  };
  for (let i = 0; i < 20; i++) {
    append("#a");
    if (random.below(2) === 0) ahead.settleNext();
  }
  const from = random.pick(["first", "last"] as const);
  const atStart = [...present.keys()];
  const found: Event[] = [];
  let key: HistoryKey = "#a";
  for (const page of ahead.pages("#a", {}, from, EVERYTHING)) {
    for (const { id } of page) assert(present.has(id), "the event was removed, or is elsewhere");
    found.push(...(from === "first" ? page : page.toReversed()));
    const kind = random.below(12);
    if (kind < 3 && present.size > 0) {
      const id = random.pick([...present.keys()]);
      present.delete(id);
      ahead.replace(key, id, undefined);
    } else if (kind === 3 && key === "#a") {
      ahead.move("#a", key = "#b");
      ahead.append("#a", changes.said("of others"));
    } else if (kind < 6) {
      ahead.append("#a", key === "#a" ? noted(present, changes.said("later")) : changes.said("x"));
    }
    if (random.below(3) === 0) ahead.seal();
    for (let left = random.below(3); left > 0; left--) ahead.settleNext();
  }
  const ids = found.map(({ id }) => id);
  if (from === "last") ids.reverse();
  assertEquals(ids, [...new Set(ids)].toSorted(), "each once, in order");
  assertEquals(atStart.filter((id) => present.has(id) && !ids.includes(id)), [], "missing");
  ahead.close();
}

function noted(present: Map<EventId, Event>, event: Event): Event {
  present.set(event.id, event);
  return event;
}

Deno.test("history that is read in pages has each event once and no removed event, whatever is settled meanwhile", () => {
  for (let seed = 0; seed < 200; seed++) readMeanwhile(seed);
});

Deno.test("history that is read in pages stays that of its room, even if another room gets the key", () => {
  const ahead = new LoggedStore(new OneByOne());
  const changes = new StoreChanges(1, [ahead]);
  ahead.append("#a", changes.said("stored"));
  ahead.seal();
  ahead.settleNext();
  ahead.append("#a", changes.said("in memory"));
  const found: string[] = [];
  for (const page of ahead.pages("#a", {}, "last", EVERYTHING)) {
    found.push(...textsOf(page));
    ahead.move("#a", "#b");
    ahead.append("#a", changes.said("of others"));
    ahead.seal();
    while (ahead.settleNext());
  }
  assertEquals(found, ["in memory", "stored"]);
  ahead.close();
});

Deno.test("a search in a room that is renamed in memory finds the messages of this room, and no others", () => {
  const ahead = new LoggedStore(new OneByOne());
  const changes = new StoreChanges(1, [ahead]);
  const said = (text: string): Said => ({ ...changes.said(text), command: "PRIVMSG" });
  ahead.append("#a", said("tea 1"));
  ahead.seal();
  ahead.settleNext();
  ahead.move("#a", "#b");
  ahead.append("#a", said("tea of others"));
  ahead.seal();
  const search = (key: HistoryKey): Search => ({
    scopes: [{ key }],
    words: "tea",
    limit: 9,
    from: "last",
  });
  const found = (key: HistoryKey) =>
    searchIn(ahead, search(key)).map(({ key, event }) => [key, ...textsOf([event])]);
  assertEquals([found("#a"), found("#b")], [[], [["#b", "tea 1"]]]);
  // The batch is settled while the search is in progress.
  const steps = ahead.searchInSteps(search("#b"));
  steps.next();
  ahead.settleNext();
  let step = steps.next();
  while (!step.done) step = steps.next();
  assertEquals(textsOf(step.value.found.map(({ event }) => event)), ["tea 1"]);
  ahead.close();
});

Deno.test("a search finds no message whose removal is still in memory, and still reaches its limit", () => {
  const ahead = new LoggedStore(new OneByOne());
  const changes = new StoreChanges(1, [ahead]);
  const events = Array.from({ length: 6 }, (_, i) => changes.said(`tea ${i}`))
    .map((event): Said => ({ ...event, command: "PRIVMSG" }));
  for (const event of events) ahead.append("#a", event);
  ahead.seal();
  ahead.settleNext();
  const search = (from: End, limit: number) =>
    textsOf(
      searchIn(ahead, { scopes: [{ key: "#a" }], words: "tea", limit, from })
        .map(({ event }) => event),
    );
  ahead.replace("#a", events[4]?.id ?? "", undefined);
  ahead.seal();
  ahead.replace("#a", events[0]?.id ?? "", undefined);
  assertEquals(search("last", 3), ["tea 2", "tea 3", "tea 5"]);
  assertEquals(search("first", 3), ["tea 1", "tea 2", "tea 3"]);
  // A message is removed while the search is in progress.
  const steps = ahead.searchInSteps({
    scopes: [{ key: "#a" }],
    words: "tea",
    limit: 9,
    from: "last",
  });
  steps.next();
  ahead.replace("#a", events[5]?.id ?? "", undefined);
  let step = steps.next();
  while (!step.done) step = steps.next();
  assertEquals(textsOf(step.value.found.map(({ event }) => event)), ["tea 1", "tea 2", "tea 3"]);
  ahead.close();
});

Deno.test("before a batch is settled, only records that no event carries reach the base", () => {
  const base = new SqliteStore(":memory:", { durable: false });
  const request = { account: "ada", createdAt: 0 };
  base.keep("request", "1", request);
  base.commit();
  const store = new AheadStore(base);
  const changes = new StoreChanges(1, [store]);
  for (let i = 0; i < 50; i++) changes.step();
  store.keep("operator", "ada", { name: "Ada", since: 1 });
  store.keep("request", "1", undefined);
  store.keep("secret", "x", "tea");
  store.keep("seen", "ada", { time: 1, channels: [] });
  store.keep("position", "log", { log: "x", seq: 7 });
  store.seal();
  store.commit();
  store.tidy();
  store.close();
  assert(base.recordsMs > 0, "nothing is committed from here");
  base.commit();
  assertEquals(base.lastId, undefined);
  for (const kind of ["account", "marker", "operator"] as const) {
    assertEquals([...base.records(kind)], []);
  }
  assertEquals([...base.records("request")], [["1", request]]);
  assertEquals([...base.records("secret")], [["x", "tea"]]);
  assertEquals([...base.records("seen")].length, 1);
  assertEquals([...base.records("position")], [["log", { log: "x", seq: 7 }]]);
  assertEquals([...store.records("operator")], [["ada", { name: "Ada", since: 1 }]]);
  base.close();
});

Deno.test("the time that records will take includes those in memory until their batch is sealed", () => {
  const base = new SqliteStore(":memory:", { durable: false });
  const store = new AheadStore(base);
  base.keep("secret", "x", "tea");
  const before = store.recordsMs;
  store.keep("account", "ada", { name: "ada", createdAt: 1, fingerprints: [] });
  assert(store.recordsMs > before);
  store.seal();
  assertEquals(store.recordsMs, before);
  store.settle();
  assertThrows(() => store.settle(), Error, "no batch waits for the log");
  base.close();
});
