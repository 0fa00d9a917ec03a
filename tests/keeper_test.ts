import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UserError } from "../errors.ts";
import type { Event } from "../server/events.ts";
import { openStore } from "../server/store/open.ts";
import { SqliteStore } from "../server/store/sqlite.ts";
import { EVERYTHING } from "../server/store/store.ts";
import { TestServer } from "./support/server.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** What is kept, in a word for each event. */
function words(events: readonly Event[]): string[] {
  return events.map((event) => {
    if (event.type === "Said") return `${event.by.nick}: ${event.text}`;
    return `${event.type} ${event.by.nick}`;
  });
}

Deno.test("a room's history is what was said and done there", async () => {
  const store = new SqliteStore(":memory:", { durable: false });
  await using server = new TestServer({}, { store });
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
  assertEquals(words(store.first("#a", {}, 100, EVERYTHING)), [
    "Joined ada",
    "Joined bob",
    "ada: hello",
    "TopicChanged ada",
    "ada: ",
    "NickChanged bob",
    "Parted rob",
    "Quit ada",
  ]);
  assertEquals(words(store.first("#b", {}, 100, EVERYTHING)), ["Joined ada", "Quit ada"]);
  assertEquals(words(store.first("@#a", {}, 100, EVERYTHING)), ["ada: between operators"]);
});

Deno.test("what was said is there after the server has ended, and ids go on", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  {
    await using server = new TestServer(options);
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("PRIVMSG #a :before");
  }
  {
    await using server = new TestServer(options);
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("PRIVMSG #a :after");
  }
  const store = openStore({ ...options, durable: false });
  const events = store.first("#a", {}, 100, EVERYTHING);
  store.close();
  assertEquals(words(events).filter((word) => word.startsWith("ada:")), [
    "ada: before",
    "ada: after",
  ]);
  assertEquals(events.map(({ id }) => id).sort(), events.map(({ id }) => id));
  assertEquals(new Set(events.map(({ id }) => id)).size, events.length);
});

Deno.test("nobody is shown what is not kept yet", async () => {
  const kept: string[] = [];
  class Watched extends SqliteStore {
    override append(place: string, event: Event): void {
      super.append(place, event);
      kept.push("appended");
    }
    override commit(): void {
      super.commit();
      kept.push("committed");
    }
  }
  await using server = new TestServer({}, { store: new Watched(":memory:", { durable: false }) });
  const ada = await server.register("ada", { caps: "echo-message", join: "#a" });
  await ada.heard();
  kept.length = 0;
  await ada.send("PRIVMSG #a :hello");
  await ada.expect("PRIVMSG");
  assertEquals(kept, ["appended", "committed"]);
});

Deno.test("a folder is for one server at a time", () => {
  using folder = new TempFolder();
  const options = { data: folder.path, memory: false, durable: false };
  const store = openStore(options);
  const error = assertThrows(() => openStore(options), UserError);
  assertMatch(error.message, /another server is using .*: stop that one, or choose another folder/);
  store.close();
  openStore(options).close();
});

Deno.test({
  name: "what is kept is for its owner alone to read, in a folder that is open to others too",
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

Deno.test("a database that is none, is another program's or is newer is refused with a word", () => {
  const CASES: readonly (readonly [spoil: (path: string) => void, message: RegExp])[] = [
    [
      (path) => Deno.writeTextFileSync(path, "not a database".repeat(1000)),
      /no database, or is damaged/,
    ],
    [(path) => exec(path, "CREATE TABLE theirs (x)"), /is a database of another program/],
    [(path) => {
      new SqliteStore(path, { durable: false }).close();
      exec(path, "PRAGMA user_version = 1000");
    }, /newer version of chat/],
    [(path) => Deno.mkdirSync(path), /cannot use .*chat.db: it cannot be opened/],
  ];
  for (const [spoil, message] of CASES) {
    using folder = new TempFolder();
    spoil(`${folder.path}/chat.db`);
    const options = { data: folder.path, memory: false, durable: false };
    assertMatch(assertThrows(() => openStore(options), UserError).message, message);
    assert(Deno.statSync(`${folder.path}/chat.db`), "it is left alone");
  }
});

Deno.test("records that are damaged are told of with a word", () => {
  using folder = new TempFolder();
  const options = { data: folder.path, memory: false, durable: false };
  openStore(options).close();
  exec(`${folder.path}/chat.db`, "INSERT INTO record VALUES ('ban', 'x', '{')");
  const store = openStore(options);
  const error = assertThrows(() => [...store.records("ban")], UserError);
  assertMatch(error.message, /cannot use .*chat.db: it is damaged; move it away/);
  store.close();
});

Deno.test("a database can give back the space that it does not need any more", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/chat.db`;
  new SqliteStore(path, { durable: false }).close();
  const db = new DatabaseSync(path);
  assertEquals(db.prepare("PRAGMA auto_vacuum").get()?.["auto_vacuum"], 2);
  db.close();
});

function exec(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}
