import { assert, assertEquals } from "@std/assert";
import { mergeBlocks, storedBlocks } from "../../../server/store/chronicle.ts";
import { type EventId, EventIds } from "../../../server/events/ids.ts";
import { Journal, readJournal } from "../../../server/store/journal.ts";
import { StoreReader } from "../../../server/store/reader.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { Random } from "../../support/random.ts";
import { EVERYTHING } from "../../../server/store/store.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn } from "../../support/stored.ts";

const ROOMS = ["#a", "#b", "#c"];
const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };

Deno.test("every event is read once and in order, from the database or from the journal", () => {
  for (let seed = 0; seed < 20; seed++) {
    using folder = new TempFolder();
    const path = `${folder.path}/chat.db`;
    using journal = new Journal(`${folder.path}/journal`);
    const store = new SqliteStore(path, { durable: false, journal });
    const random = new Random(seed);
    const ids = new EventIds();
    const expected: (readonly [place: string, id: EventId])[] = [];
    const count = random.below(1500);
    for (let i = 0; i < count; i++) {
      const key = random.pick(ROOMS);
      const time = Date.UTC(2026, 10, 23);
      const stamp = { id: ids.next(time), time };
      expected.push([key, stamp.id]);
      store.append(key, { type: "TopicChanged", ...stamp, by, channel: key, topic: "" });
      if (random.below(30) === 0) {
        for (const [key, id] of expected.splice(random.below(expected.length), 1)) {
          store.replace(key, id, undefined);
        }
      }
      if (random.below(3) === 0) store.commit();
      if (random.below(200) === 0) firstIn(store, "#a", {}, 1, EVERYTHING);
    }
    store.commit();
    const before = readJournal(`${folder.path}/journal`);
    // Events that move into the database now have been read from the journal too.
    if (seed % 2 === 0) store.find("#a", "");
    using reader = new StoreReader(path);
    const read = (room?: string) =>
      [...mergeBlocks(storedBlocks(reader, before, room))].flat().map(({ key, event }) =>
        [key, event.id] as const
      );
    assertEquals(read(), expected, `seed ${seed}`);
    assertEquals(read("#b"), expected.filter(([key]) => key === "#b"), `seed ${seed}`);
    store.close();
  }
});

Deno.test("events added while reading do not appear", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false });
  const ids = new EventIds();
  const happen = () => {
    const time = Date.UTC(2026, 10, 23);
    const stamp = { id: ids.next(time), time };
    store.append("#a", { type: "TopicChanged", ...stamp, by, channel: "#a", topic: "" });
    store.commit();
  };
  for (let i = 0; i < 500; i++) happen();
  using reader = new StoreReader(path);
  for (const room of [undefined, "#a"]) {
    const { length } = [...storedBlocks(reader, { entries: [] }, room)];
    let read = 0;
    for (const { events } of storedBlocks(reader, { entries: [] }, room)) {
      read += events.length;
      if (read === 1) happen();
    }
    assertEquals(read, length);
  }
  store.close();
});

Deno.test("reading a room ends even if all its events have been removed", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false });
  const ids = new EventIds();
  for (let i = 0; i < 3; i++) {
    const time = Date.UTC(2026, 10, 23);
    const stamp = { id: ids.next(time), time };
    store.append("#a", { type: "TopicChanged", ...stamp, by, channel: "#a", topic: "" });
    store.commit();
    store.replace("#a", stamp.id, undefined);
  }
  store.commit();
  using reader = new StoreReader(path);
  let blocks = 0;
  for (const { events } of storedBlocks(reader, { entries: [] }, "#a")) {
    assertEquals(events, []);
    assert(++blocks <= 3, "reading starts over");
  }
  store.close();
});
