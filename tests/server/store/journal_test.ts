import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import type { Event, Said } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { blockOf } from "../../../server/store/blocks.ts";
import type { Fields } from "../../../shared/log.ts";
import { eventsIn, Journal, readJournal } from "../../../server/store/journal.ts";
import { StoreReader } from "../../../server/store/reader.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING } from "../../../server/store/store.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn, lastIn, searchIn } from "../../support/stored.ts";

const ids = new EventIds();
const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };

/** Returns a message by Ada. */
function said(text: string): Said {
  const to = { type: "channel", channel: "#a" } as const;
  const time = Date.UTC(2026, 10, 23);
  const said = { id: ids.next(time), time };
  return { type: "Said", ...said, by, command: "PRIVMSG", to, text, tags: new Map() };
}

function textsOf(events: readonly Event[]): string[] {
  return events.flatMap((event) => event.type === "Said" ? event.text : []);
}

/** A folder in which stores are opened and killed, one after another. */
class Killed implements Disposable {
  readonly #folder = new TempFolder();
  readonly #left: Disposable[] = [];
  readonly database = `${this.#folder.path}/chat.db`;
  readonly path = `${this.#folder.path}/journal`;

  /** Opens the next store; the one before counts as killed. */
  next({ durable = false, clear = true }: {
    readonly durable?: boolean;
    readonly clear?: boolean;
  } = {}): SqliteStore {
    const file = new Journal(this.path);
    const journal = {
      read: (after: number) => file.read(after),
      write: (number: number, texts: readonly string[]) => file.write(number, texts),
      clear: () => clear && file.clear(),
    };
    const store = new SqliteStore(this.database, { durable, journal });
    this.#left.push({ [Symbol.dispose]: () => (store.close(), file[Symbol.dispose]()) });
    return store;
  }

  /** The number of events in the database itself. */
  get settled(): number {
    using reader = new StoreReader(this.database);
    return [...reader.blocks()].flatMap(({ events }) => events).length;
  }

  [Symbol.dispose](): void {
    for (const each of this.#left) each[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

function say(store: SqliteStore, ...texts: readonly string[]): void {
  for (const text of texts) {
    store.append("#a", said(text));
    store.commit();
  }
}

Deno.test("events that only the journal has survive a kill, each once and in order", () => {
  using killed = new Killed();
  const one = killed.next();
  say(one, "0", "1");
  one.append("#a", said("2"));
  one.append("#b", said("b"));
  one.append("#a", said("3"));
  one.commit();
  assertEquals(killed.settled, 0, "otherwise the test proves nothing");
  const two = killed.next();
  assertEquals(textsOf(firstIn(two, "#a", {}, 10, EVERYTHING)), ["0", "1", "2", "3"]);
  say(two, "4");
  const three = killed.next();
  say(three, "5");
  assertEquals(textsOf(firstIn(killed.next(), "#a", {}, 10, EVERYTHING)), [..."012345"]);
  assertEquals(textsOf(firstIn(three, "#b", {}, 10, EVERYTHING)), ["b"]);
});

Deno.test("events already in the database are not read from the journal again", () => {
  using killed = new Killed();
  const one = killed.next({ clear: false });
  say(one, "0", "1");
  assertEquals(lastIn(one, "#a", {}, 10, EVERYTHING).length, 2);
  say(one, "2");
  assertEquals(textsOf(firstIn(killed.next(), "#a", {}, 10, EVERYTHING)), ["0", "1", "2"]);
});

Deno.test("journaled events move to the database after a second, or once they are many", () => {
  using killed = new Killed();
  const store = killed.next();
  say(store, "0", "1");
  for (let i = 0; i < 9; i++) store.tidy(i);
  assertEquals(killed.settled, 0);
  store.tidy(9);
  assertEquals(killed.settled, 2);
  say(store, ...Array.from({ length: 32 }, () => "x".repeat(4096)));
  assertEquals(killed.settled, 34);
});

Deno.test("a read, a change of records or a close moves journaled events to the database", () => {
  const ways: readonly ((store: SqliteStore) => unknown)[] = [
    (store) => store.find("#a", ""),
    (store) => firstIn(store, "#b", {}, 1, EVERYTHING),
    (store) => lastIn(store, "#b", {}, 1, EVERYTHING),
    (store) => store.historyKeysOf("ada", 1),
    (store) => searchIn(store, { scopes: [], words: "", limit: 1, from: "first" }),
    (store) => (store.keep("secret", "x", "y"), store.commit()),
    (store) => (store.move("#x", "#y"), store.commit()),
    (store) => (store.replace("#x", "", undefined), store.commit()),
    (store) => store.close(),
  ];
  for (const way of ways) {
    using folder = new TempFolder();
    using journal = new Journal(`${folder.path}/journal`);
    const store = new SqliteStore(`${folder.path}/chat.db`, { durable: false, journal });
    say(store, "0");
    way(store);
    using reader = new StoreReader(`${folder.path}/chat.db`);
    assertEquals([...reader.blocks()].length, 1, String(way));
    if (way !== ways.at(-1)) store.close();
  }
});

Deno.test("a durable store writes to the database at once, and to the journal", () => {
  using killed = new Killed();
  say(killed.next(), "0");
  const store = killed.next({ durable: true });
  say(store, "1");
  assertEquals(killed.settled, 2);
  assertEquals(read(killed.path).texts, "1");
});

Deno.test("changes stay in the journal until a checkpoint has moved them to the database file", () => {
  using killed = new Killed();
  const store = killed.next();
  say(store, "0");
  store.keep("secret", "x", "tea");
  store.commit();
  assertEquals(killed.settled, 1);
  assertEquals(readJournal(killed.path).entries.length, 2);
  // A checkpoint comes within a minute.
  for (let i = 0; i < 620; i++) store.tidy(i);
  assertEquals(Deno.statSync(killed.path).size, 0);
  assertEquals(Deno.statSync(`${killed.database}-wal`).size, 0);
});

Deno.test("the journal is kept while another program holds the log of the database back", () => {
  using killed = new Killed();
  const store = killed.next();
  say(store, "0");
  store.find("#a", "");
  using reader = new StoreReader(killed.database);
  reader.atOnce(() => {
    reader.end();
    say(store, "1");
    const start = performance.now();
    for (let i = 0; i < 620; i++) store.tidy(i);
    assertEquals(store.trouble, undefined);
    assert(performance.now() - start < 1000, "nothing waits for the other program");
    assertEquals(read(killed.path).texts, "01");
  });
  for (let i = 0; i < 620; i++) store.tidy(i);
  assertEquals(Deno.statSync(killed.path).size, 0);
});

Deno.test("a failed write to the journal leaves no part of a record", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/journal`;
  using journal = new Journal(path);
  const line = (text: string) => `["#a",0,[${blockOf([]).add(said(text)).text}],[]]`;
  journal.write(1, [line("0")]);
  const torn = Deno.readFileSync(path).subarray(0, 30);
  {
    using next = new Journal(path);
    next.read(0);
    Deno.writeFileSync(path, torn, { append: true });
    next.write(2, [line("1")]);
  }
  assertEquals(read(path), { texts: "01", damaged: 0 });
});

Deno.test("committed events are in the journal even if the database is locked", () => {
  for (const durable of [false, true]) {
    using killed = new Killed();
    using other = new DatabaseSync(killed.database);
    const one = killed.next({ durable });
    say(one, "0");
    other.exec("BEGIN IMMEDIATE");
    one.append("#a", said("1"));
    one.keep("secret", "x", "y");
    one.commit();
    assertEquals(one.trouble, "another program has locked the file");
    other.exec("ROLLBACK");
    const next = killed.next();
    assertEquals(textsOf(firstIn(next, "#a", {}, 10, EVERYTHING)), ["0", "1"]);
    assertEquals([...next.records("secret")], [["x", "y"]]);
  }
});

Deno.test("an error names a journal that cannot be used", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/journal`;
  Deno.mkdirSync(path);
  for (const open of [() => new Journal(path), () => readJournal(path)]) {
    assertThrows(open, UserError, `cannot use ${path}: `);
  }
});

/** Returns the texts in a journal, and the number of its damaged parts. */
function read(path: string): { readonly texts: string; readonly damaged: number } {
  const { entries, damage } = readJournal(path);
  const texts = eventsIn({ entries }).flatMap(({ events }) => textsOf(events)).join("");
  return { texts, damaged: damage.length };
}

Deno.test("the journal of an earlier version is read up to the first damaged line", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/journal`;
  const block = blockOf([]);
  const [one, two, three] = ["0", "1", "2"].map((text, before) =>
    `["#a",${before},[${block.add(said(text)).text}]]`
  );
  const whole = `${one}\n${two}\n${three}\n`;
  const cases: readonly (readonly [text: string, left: string])[] = [
    [whole, "012"],
    [`${one}\n${two}\n${three}`, "01"],
    [`${one}\n${two?.slice(0, 9)}`, "0"],
    [`${one}\n\0\0\0\0\n${two}\n`, "0"],
    [`${one}\n${three}\n`, "0"],
    [`${two}\n`, ""],
    [`${one}\n["#a",1,[["x","y",7]]]\n`, "0"],
    ...["7", "null", "[]", '["#a",0,5]', '["#a",0,[null]]', '{"a":1}', "\u{1F600}"].map((line) =>
      [`${one}\n${line}\n${two}\n`, "0"] as const
    ),
    ["", ""],
  ];
  for (const [text, left] of cases) {
    Deno.writeTextFileSync(path, text);
    const damaged = text === whole || text === "" ? 0 : 1;
    assertEquals(read(path), { texts: left, damaged }, text);
  }
});

Deno.test("a server that continues the journal of an earlier version can read both parts", () => {
  using folder = new TempFolder();
  const path = folder.write("journal", `["#a",0,[${blockOf([]).add(said("0")).text}]]\n`);
  using journal = new Journal(path);
  journal.write(1, [`["#a",0,[${blockOf([]).add(said("1")).text}],[]]`]);
  assertEquals(read(path), { texts: "01", damaged: 0 });
});

Deno.test("a flipped bit in the journal costs one record, and changes none", () => {
  using killed = new Killed();
  const store = killed.next();
  say(store, ..."012345");
  const whole = Deno.readFileSync(killed.path);
  for (let bit = 0; bit < whole.length * 8; bit += 31) {
    const bytes = whole.slice();
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit % 8);
    Deno.writeFileSync(killed.path, bytes);
    const { texts, damaged } = read(killed.path);
    const hit = whole.subarray(0, at).filter((byte) => byte === 10).length;
    // The line feed after a record does not belong to it.
    const left = whole[at] === 10 ? "012345" : "012345".replace(String(hit), "");
    assertEquals({ texts, damaged }, { texts: left, damaged: left === "012345" ? 0 : 1 }, `${bit}`);
  }
  Deno.writeFileSync(killed.path, whole);
});

Deno.test("damaged parts of the journal are reported and kept beside it, and the rest is served", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/journal`;
  {
    using file = new Journal(path);
    const store = new SqliteStore(`${folder.path}/lost.db`, { durable: false, journal: file });
    say(store, ..."012");
    const text = Deno.readTextFileSync(path).replace('"text":"0"', '"text":"9"');
    file.clear();
    store.close();
    Deno.writeTextFileSync(path, `${text}no record`);
  }
  const reports: [string, Fields][] = [];
  using journal = new Journal(path, (...report) => reports.push(report));
  const store = new SqliteStore(`${folder.path}/chat.db`, { durable: false, journal });
  assertEquals(textsOf(firstIn(store, "#a", {}, 10, EVERYTHING)), ["1", "2"]);
  store.close();
  const [[message = "", { kept = "", at = "" } = {}] = []] = reports;
  assertEquals(reports.length, 1);
  assertEquals(message, "a part of the journal is damaged and left out");
  assertMatch(String(at), /^0-\d+ \d+-\d+$/);
  assertMatch(Deno.readTextFileSync(String(kept)), /"text":"9".*\nno record$/);
  assertEquals(Deno.statSync(path).size, 0);
});

Deno.test("a record that is not a valid event never reaches the database", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/journal`;
  const proper = JSON.parse(blockOf([]).add(said("0")).text);
  const improper: readonly unknown[] = [
    { ...proper, text: 7 },
    { ...proper, type: "AccountSaved" },
    { ...proper, type: "constructor" },
    { ...proper, id: "later" },
    { ...proper, time: "now" },
    { ...proper, by: { nick: "ada" } },
    { ...proper, to: { type: "channel" } },
    { ...proper, tags: { a: 1 } },
    { ...proper, lines: [{}] },
    { ...proper, command: "QUIT" },
    [proper.id, "x", 0],
    [proper.id, 7, 0],
    null,
  ];
  for (const event of improper) {
    {
      using journal = new Journal(path);
      journal.write(1, [JSON.stringify(["#a", 0, [event], []])]);
    }
    assertEquals(read(path), { texts: "", damaged: 1 }, JSON.stringify(event));
    Deno.removeSync(path);
  }
});

Deno.test("events that do not fit on the disk go into the reserved space", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  let hasRoom = false;
  const journal = {
    read: () => ({ entries: [], number: 0 }),
    write() {
      if (!hasRoom) throw new Error("No space left on device (os error 28)");
    },
    clear() {},
  };
  const reserve = {
    release() {
      hasRoom = true;
    },
    restore() {},
  };
  const store = new SqliteStore(path, { durable: false, journal, reserve });
  say(store, "0");
  assertEquals(store.trouble, "the disk is full");
  using reader = new StoreReader(path);
  assertEquals([...reader.blocks()].length, 1);
  for (let i = 0; i < 10; i++) store.tidy(i);
  assertEquals(store.trouble, undefined);
  store.close();
});

Deno.test("words are not indexed during a flood", () => {
  using killed = new Killed();
  const store = killed.next();
  const unindexed = () => store.size()?.unindexed;
  say(store, ...Array.from({ length: 3000 }, () => "x".repeat(100)));
  const waiting = unindexed();
  assert(waiting !== undefined && waiting > 2);
  store.tidy(0);
  assertEquals(unindexed(), waiting);
  store.tidy(1);
  assert((unindexed() ?? waiting) < waiting);
});
