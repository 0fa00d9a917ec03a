import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import type { Event } from "../../../server/events/events.ts";
import { EventIds } from "../../../server/events/ids.ts";
import { openStore } from "../../../server/store/open.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING, TALK } from "../../../server/store/store.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn, lastIn } from "../../support/stored.ts";

/** Returns a short description of each event. */
function summaries(events: readonly Event[]): string[] {
  return events.map((event) => {
    if (event.type === "Said") return `${event.by.nick}: ${event.text}`;
    return `${event.type} ${event.by.nick}`;
  });
}

Deno.test("a room's history is its messages and events", async () => {
  const store = new SqliteStore(":memory:", { durable: false });
  await using server = await TestServer.start({}, { store });
  const ada = await server.register("ada", { caps: "message-tags", join: "#a,#B" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.ask("PRIVMSG #A :hello");
  await ada.ask("TOPIC #a :tea");
  await ada.ask("@+typing=active TAGMSG #a");
  await ada.ask("@+draft/react=x TAGMSG #a");
  for (const line of ["NICK rob", "PRIVMSG ada :psst", "PART #a"]) await bob.ask(line);
  await ada.ask("PRIVMSG @#a :between operators");
  await ada.send("QUIT");
  await ada.untilEnd();
  await bob.heard();
  assertEquals(summaries(firstIn(store, "#a", {}, 100, EVERYTHING)), [
    "Joined ada",
    "Joined bob",
    "ada: hello",
    "TopicChanged ada",
    "ada: ",
    "NickChanged bob",
    "Parted rob",
    "Quit ada",
  ]);
  assertEquals(summaries(firstIn(store, "#b", {}, 100, EVERYTHING)), ["Joined ada", "Quit ada"]);
  assertEquals(summaries(firstIn(store, "@#a", {}, 100, EVERYTHING)), ["ada: between operators"]);
});

Deno.test("messages survive a restart, and ids still ascend", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(options);
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("PRIVMSG #a :before");
  }
  {
    await using server = await TestServer.start(options);
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("PRIVMSG #a :after");
  }
  const store = openStore({ ...options, durable: false });
  const events = firstIn(store, "#a", {}, 100, EVERYTHING);
  store.close();
  assertEquals(summaries(events).filter((summary) => summary.startsWith("ada:")), [
    "ada: before",
    "ada: after",
  ]);
  assertEquals(events.map(({ id }) => id).sort(), events.map(({ id }) => id));
  assertEquals(new Set(events.map(({ id }) => id)).size, events.length);
});

Deno.test("a message is committed before it is delivered", async () => {
  const calls: string[] = [];
  class Watched extends SqliteStore {
    override append(place: string, event: Event): void {
      super.append(place, event);
      calls.push("appended");
    }
    override commit(): void {
      super.commit();
      calls.push("committed");
    }
  }
  await using server = await TestServer.start({}, {
    store: new Watched(":memory:", { durable: false }),
  });
  const ada = await server.register("ada", { caps: "echo-message", join: "#a" });
  await ada.heard();
  calls.length = 0;
  await ada.send("PRIVMSG #a :hello");
  await ada.expect("PRIVMSG");
  assertEquals(calls.slice(0, 2), ["appended", "committed"]);
});

Deno.test("two servers cannot use the same folder", () => {
  using folder = new TempFolder();
  const options = { data: folder.path, memory: false, durable: false };
  const store = openStore(options);
  const error = assertThrows(() => openStore(options), UserError);
  assertMatch(
    error.message,
    /another server is using .*: stop that server, or choose another folder/,
  );
  store.close();
  openStore(options).close();
});

Deno.test({
  name: "only their owner can read the files, even in a folder that others can read",
  ignore: Deno.build.os === "windows",
  fn() {
    using folder = new TempFolder();
    Deno.chmodSync(folder.path, 0o755);
    const store = openStore({ data: folder.path, memory: false, durable: false });
    store.keep("marker", "a", undefined);
    store.commit();
    const modes = ["chat.db", "chat.db-wal", "chat.db-shm", "journal"].map((name) =>
      (Deno.statSync(`${folder.path}/${name}`).mode ?? 0) & 0o777
    );
    store.close();
    assertEquals(modes, [0o600, 0o600, 0o600, 0o600]);
  },
});

Deno.test("a file that is not a database, of another program or too new is refused with a reason", () => {
  const CASES: readonly (readonly [spoil: (path: string) => void, message: RegExp])[] = [
    [
      (path) => Deno.writeTextFileSync(path, "not a database".repeat(1000)),
      /not a database, or is damaged/,
    ],
    [(path) => exec(path, "CREATE TABLE theirs (x)"), /is the database of another program/],
    [(path) => {
      new SqliteStore(path, { durable: false }).close();
      exec(path, "PRAGMA user_version = 1000");
    }, /newer version of chat/],
    [(path) => Deno.mkdirSync(path), /cannot use .*chat.db: the file cannot be opened/],
  ];
  for (const [spoil, message] of CASES) {
    using folder = new TempFolder();
    spoil(`${folder.path}/chat.db`);
    const options = { data: folder.path, memory: false, durable: false };
    assertMatch(assertThrows(() => openStore(options), UserError).message, message);
    assert(Deno.statSync(`${folder.path}/chat.db`), "the file is left alone");
  }
});

Deno.test("damaged records are an error that names the file", () => {
  using folder = new TempFolder();
  const options = { data: folder.path, memory: false, durable: false };
  openStore(options).close();
  exec(`${folder.path}/chat.db`, "INSERT INTO record VALUES ('ban', 'x', '{', NULL)");
  const store = openStore(options);
  const error = assertThrows(() => [...store.records("ban")], UserError);
  assertMatch(
    error.message,
    /cannot use .*chat.db: the file is damaged, in its record of ban x; restore/,
  );
  store.close();
});

Deno.test("a database uses incremental vacuum to release free space", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  new SqliteStore(path, { durable: false }).close();
  const db = new DatabaseSync(path);
  assertEquals(db.prepare("PRAGMA auto_vacuum").get()?.["auto_vacuum"], 2);
  db.close();
});

Deno.test("opening a database that is up to date writes nothing", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  new SqliteStore(path, { durable: false }).close();
  const store = new SqliteStore(path, { durable: false });
  assertEquals(Deno.statSync(`${path}-wal`).size, 0);
  store.close();
});

Deno.test("reading messages writes the waiting events only if there are messages among them", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  const store = new SqliteStore(path, { durable: false });
  const ids = new EventIds();
  const by = { id: 1, nick: "ada", mask: "ada!~ada@192.0.2.1" };
  const channel = "#a";
  const joined = { type: "Joined", time: 0, by, channel, realname: "", memberModes: "" } as const;
  const to = { type: "channel", channel } as const;
  const content = { command: "PRIVMSG", to, text: "tea", tags: new Map<string, string>() } as const;
  const said = { type: "Said", time: 0, by, ...content } as const;
  const read = () => lastIn(store, "#a", {}, 10, TALK).length;
  store.append("#a", { ...joined, id: ids.next(0) });
  assertEquals([read(), count(path, "block")], [0, 0]);
  store.append("#a", { ...said, id: ids.next(0) });
  assertEquals([read(), count(path, "block")], [1, 1]);
  store.close();
});

function count(path: string, table: string): unknown {
  const db = new DatabaseSync(path);
  try {
    return db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"];
  } finally {
    db.close();
  }
}

function exec(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}
