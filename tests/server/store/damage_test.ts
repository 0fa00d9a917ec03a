/** Tests of stores whose files are damaged, missing or removed while they are in use. */

import { DatabaseSync, type DatabaseSyncOptions } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import type { Fields } from "../../../shared/log.ts";
import type { Event } from "../../../server/events/events.ts";
import { KINDS } from "../../../server/kinds/kinds.ts";
import { openStore } from "../../../server/store/open.ts";
import { HISTORY_TYPES } from "../../../server/store/shapes.ts";
import { EVERYTHING, type Store } from "../../../server/store/store.ts";
import { fileNames, flipBits } from "../../support/bit_flips.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn, lastIn, searchIn } from "../../support/stored.ts";

function textsOf(events: readonly Event[]): string {
  return events.flatMap((event) => event.type === "Said" ? event.text : []).join("");
}

function say(store: Store, room: string, ids: string): void {
  const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };
  const to = { type: "channel", channel: room } as const;
  for (const digit of ids) {
    const id = digit.padStart(11, "0");
    const common = { type: "Said", by, command: "PRIVMSG", to, tags: new Map() } as const;
    store.append(room, { ...common, id, time: 0, text: digit });
    store.commit();
    // Each message is in a block of its own.
    store.find(room, id);
  }
}

/** A folder with the data of a server, whose store can be damaged and opened again. */
class Damaged implements Disposable {
  readonly #folder = new TempFolder();
  readonly data = this.#folder.path;
  readonly reports: [string, Fields][] = [];

  open(): Store {
    const options = { data: this.data, memory: false, durable: false };
    return openStore(options, (...report) => this.reports.push(report));
  }

  exec(sql: string): void {
    // The tables of the index can only be written without `defensive`.
    const options: DatabaseSyncOptions & { readonly defensive: boolean } = { defensive: false };
    const db = new DatabaseSync(`${this.data}/chat.db`, options);
    db.exec(sql);
    db.close();
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("every type of event that a history may have is known to the store", () => {
  const types = Object.entries(KINDS).flatMap(([type, { history }]) => history ? [type] : []);
  assertEquals(types.toSorted(), HISTORY_TYPES.toSorted());
});

/** Kinds of damage to the third of five blocks of a room. The other blocks are still served. */
const BLOCK_DAMAGES = [
  "UPDATE block SET events = replace(events, '\"3\"', '\"9\"') WHERE number = 3",
  "UPDATE block SET last = 'zzzzzzzzzzz' WHERE number = 3",
  "UPDATE block SET talk = 0 WHERE number = 3",
  "UPDATE block SET events = '[7]', crc = NULL WHERE number = 3",
  "UPDATE block SET crc = crc + 1 WHERE number = 3",
];

Deno.test("a damaged block is reported once and left out, and those before and after it are served", () => {
  for (const sql of BLOCK_DAMAGES) {
    using damaged = new Damaged();
    const before = damaged.open();
    say(before, "#a", "12345");
    before.close();
    damaged.exec(sql);
    const store = damaged.open();
    assertEquals(store.lastId, "00000000005", sql);
    for (let i = 0; i < 2; i++) {
      assertEquals(textsOf(firstIn(store, "#a", {}, 10, EVERYTHING)), "1245", sql);
      assertEquals(textsOf(lastIn(store, "#a", {}, 10, EVERYTHING)), "1245", sql);
    }
    assertEquals(store.find("#a", "00000000003"), undefined);
    store.replace("#a", "00000000003", undefined);
    store.tidy(0);
    const found = searchIn(store, { scopes: [{ key: "#a" }], words: "", limit: 9, from: "first" });
    assertEquals(textsOf(found.map(({ event }) => event)), "1245", sql);
    store.close();
    assertEquals(damaged.reports, [
      ["a block of history is damaged and left out", { block: 3 }],
    ], sql);
  }
});

Deno.test("if a disk changes the room that is stored with a block, the block is not shown in that room", () => {
  using damaged = new Damaged();
  const before = damaged.open();
  say(before, "#a", "012");
  say(before, "#b", "3");
  before.close();
  damaged.exec("UPDATE block SET place = 2 WHERE number = 2");
  const store = damaged.open();
  assertEquals(textsOf(firstIn(store, "#a", {}, 10, EVERYTHING)), "02");
  assertEquals(textsOf(firstIn(store, "#b", {}, 10, EVERYTHING)), "3");
  store.close();
});

Deno.test("a history whose stored name a disk has changed is not shown, and its room can be used", () => {
  using damaged = new Damaged();
  const before = damaged.open();
  say(before, "#secret", "012");
  before.close();
  damaged.exec("UPDATE place SET name = '#public'");
  const store = damaged.open();
  assertEquals(textsOf(firstIn(store, "#public", {}, 10, EVERYTHING)), "");
  say(store, "#public", "3");
  assertEquals(store.trouble, undefined);
  assertEquals(textsOf(firstIn(store, "#public", {}, 10, EVERYTHING)), "3");
  store.close();
  assertEquals(damaged.reports, [
    ["the name of a history is damaged, so the history is left out", { number: 1 }],
  ]);
});

Deno.test("a damaged record is left out if the server is as safe without it, and is an error otherwise", () => {
  using damaged = new Damaged();
  const before = damaged.open();
  before.keep("marker", "ada #a", { reader: "ada", target: "#a", upTo: 1 });
  before.keep("marker", "bob #a", { reader: "bob", target: "#a", upTo: 2 });
  before.keep("secret", "x", "tea");
  before.close();
  damaged.exec("UPDATE record SET value = replace(value, ':1', ':3')");
  damaged.exec("UPDATE record SET value = '\"tee\"' WHERE kind = 'secret'");
  const store = damaged.open();
  assertEquals([...store.records("marker")].map(([key]) => key), ["bob #a"]);
  assertEquals(damaged.reports, [
    ["a record is damaged and left out", { kind: "marker", key: "ada #a" }],
  ]);
  const error = assertThrows(() => [...store.records("secret")], UserError);
  assertMatch(error.message, /chat\.db: the file is damaged, in its record of secret x; restore/);
  store.close();
});

Deno.test("a damaged search index does not stop messages", () => {
  using damaged = new Damaged();
  const before = damaged.open();
  say(before, "#a", "0");
  before.tidy(0);
  before.close();
  damaged.exec("UPDATE term_data SET block = x'ff' WHERE id > 1; UPDATE progress SET block = 0");
  const store = damaged.open();
  say(store, "#a", "1");
  for (let i = 0; i < 30; i++) store.tidy(0);
  assertEquals(store.trouble, undefined);
  say(store, "#a", "2");
  assertEquals(textsOf(firstIn(store, "#a", {}, 10, EVERYTHING)), "012");
  store.close();
});

Deno.test("a store without its database, but with changes for it, is refused in words", () => {
  for (const rest of ["chat.db-wal", "journal"]) {
    using damaged = new Damaged();
    Deno.writeTextFileSync(`${damaged.data}/${rest}`, "changes");
    const error = assertThrows(() => damaged.open(), UserError);
    assertMatch(error.message, new RegExp(`chat\\.db is missing, but .*${rest}.*restore a backup`));
    assertEquals(fileNames(damaged.data).includes("chat.db"), false, "nothing was created");
    assertEquals(Deno.readTextFileSync(`${damaged.data}/${rest}`), "changes");
  }
});

Deno.test({
  name: "messages are refused while the server's folder is away, and accepted when it is back",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new TempFolder();
    const data = `${folder.path}/data`;
    Deno.mkdirSync(data);
    await using server = await TestServer.start({
      data,
      memory: false,
      metrics: { hostname: "127.0.0.1", port: 0 },
    });
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("PRIVMSG #a :before");
    const health = async () => {
      const { hostname, port } = server.server.metricsServer ?? { hostname: "", port: 0 };
      const response = await fetch(`http://${hostname}:${port}/health`);
      return `${response.status} ${(await response.text()).trim()}`;
    };
    const moved = `${folder.path}/moved`;
    Deno.renameSync(data, moved);
    server.clock.advance(1100);
    assertMatch((await ada.ask("PRIVMSG #a :lost")).join(), /TEMPORARILY_UNAVAILABLE/);
    assertMatch(
      await health(),
      /503 .*chat\.db was removed or moved while the server runs; put it/,
    );
    Deno.renameSync(moved, data);
    server.clock.advance(2100);
    assertEquals(await ada.ask("PRIVMSG #a :after"), []);
    assertMatch(await health(), /200 ok/);
    assertEquals(textsOf(lastIn(server.store, "#a", {}, 10, EVERYTHING)), "beforeafter");
    for (const file of ["journal", "chat.db-wal", "chat.db"]) {
      Deno.renameSync(`${data}/${file}`, `${data}/x`);
      server.clock.advance(2100);
      assertMatch(server.store.trouble ?? "", new RegExp(`${file} was removed or moved`));
      Deno.renameSync(`${data}/x`, `${data}/${file}`);
      server.clock.advance(2100);
      assertEquals(server.store.trouble, undefined);
    }
  },
});

Deno.test("the reserved space can be filled without a further file descriptor", () => {
  using damaged = new Damaged();
  const store = damaged.open();
  // A file that the store opens from now on would not be found here.
  Deno.renameSync(`${damaged.data}/reserve`, `${damaged.data}/held`);
  store.tidy(0);
  assertEquals(store.trouble, undefined);
  assertEquals(Deno.statSync(`${damaged.data}/held`).size, 8 * 1024 * 1024);
  assertEquals(fileNames(damaged.data).includes("reserve"), false);
  store.close();
});

Deno.test("a single flipped bit changes no message, loses none without a report, and ends no server", () => {
  using folder = new TempFolder();
  for (const file of ["journal", "chat.db", "chat.db-wal"] as const) {
    const findings = flipBits(folder.path, file, 20, 1);
    const { changed, crashed, silent, missing, refused, served } = findings;
    assertEquals({ changed, crashed, silent }, { changed: 0, crashed: [], silent: [] });
    if (file === "chat.db-wal") assertEquals({ missing, refused }, { missing: 0, refused: 0 });
    assert(served > 0);
  }
});
