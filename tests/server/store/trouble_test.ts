/** Tests of a store that cannot write, here because another program has locked the database. */

import { assertEquals } from "@std/assert";
import type { Event } from "../../../server/events/events.ts";
import { Reserve } from "../../../server/store/reserve.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { EVERYTHING } from "../../../server/store/store.ts";
import { troubleOf } from "../../../server/store/trouble.ts";
import { LockableDatabase } from "../../support/lockable_database.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { lastIn } from "../../support/stored.ts";

/** A time longer than the store needs to notice that it can write again. */
const WHILE_MS = 1100;
const WHY = "Not done: the server cannot store the change right now; try again in a minute";

function fail(command: string, about: string): string {
  return `:chat.test FAIL ${command} TEMPORARILY_UNAVAILABLE ${about} :${WHY}`;
}

function textsOf(events: readonly Event[]): string[] {
  return events.flatMap((event) => event.type === "Said" ? event.text : []);
}

const CAPS = "message-tags echo-message draft/message-redaction";

Deno.test("commands that have to be stored are refused while the store cannot write, and others work", async () => {
  using database = new LockableDatabase();
  const store = new SqliteStore(database.path, { durable: false });
  await using server = await TestServer.start({ plainPort: 0, room: "#a" }, { store });
  const ada = await server.register("ada", { caps: CAPS, join: "#c,#a" });
  const guest = await server.connectPlain();
  await ada.until("JOIN");
  await ada.ask("PRIVMSG #a :before");
  const id = lastIn(store, "#a", {}, 1, EVERYTHING)[0]?.id;
  assertEquals(await guest.next(), "ada: before");
  database.lock();
  await ada.ask("TOPIC #a :this shows it");

  const refused: readonly (readonly [line: string, answer: readonly string[]])[] = [
    ["PRIVMSG #a,guest1 :lost", [fail("PRIVMSG", "#a"), fail("PRIVMSG", "guest1")]],
    ["NOTICE #a,guest1 :lost", [fail("NOTICE", "#a"), fail("NOTICE", "guest1")]],
    ["NOTICE nobody :lost", []],
    ["@+draft/react=x TAGMSG #a", [fail("TAGMSG", "#a")]],
    [`REDACT #a ${id}`, [fail("REDACT", "#a")]],
    ["RENAME #c #d", [fail("RENAME", "#c")]],
  ];
  for (const [line, answer] of refused) assertEquals(await ada.ask(line), answer, line);
  await guest.sendBytes(new TextEncoder().encode("lost\n"));
  assertEquals(await guest.next(), `Not sent: ${WHY}.`);

  assertEquals((await ada.ask("@+typing=active TAGMSG #a")).length, 1);
  assertEquals((await ada.ask("MODE #a +m")).length, 1);
  const bob = await server.register("bob", { join: "#a" });
  assertEquals((await bob.ask("PART #a")).length, 1);
});

Deno.test("the store recovers by itself, keeps what was delivered, and reports it once", async () => {
  using database = new LockableDatabase();
  const store = new SqliteStore(database.path, { durable: false });
  const operators = [{ name: "root", password: "secret" }];
  await using server = await TestServer.start({ operators }, { store });
  const eve = await server.register("eve");
  for (const line of ["OPER root secret", "MODE eve +s"]) await eve.ask(line);
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  await ada.ask("PRIVMSG #a :before");
  database.lock();
  await ada.ask("PRIVMSG #a :as it begins");
  for (let i = 0; i < 3; i++) await ada.ask("PRIVMSG #a :meanwhile");
  await ada.ask("TOPIC #a :new");
  server.clock.advance(WHILE_MS);
  database.unlock();
  server.clock.advance(WHILE_MS);
  await ada.ask("PRIVMSG #a :after");
  assertEquals(textsOf(lastIn(store, "#a", {}, 10, EVERYTHING)), [
    "before",
    "as it begins",
    "after",
  ]);
  assertEquals([...store.records("channel")].map(([, { topic }]) => topic?.text), ["new"]);
  const reason = "another program has locked the file";
  assertEquals(server.log.filter(([message]) => message.includes("stored")), [
    ["messages cannot be stored and are refused", { reason }],
    ["messages are stored again", {}],
  ]);
  const notices = (await eve.heard()).map((line) => line.replace(/^.* :/, ""));
  assertEquals(notices.filter((notice) => /stored/.test(notice)), [
    `*** Messages cannot be stored, so they are refused: ${reason}`,
    "*** Messages can be stored again",
  ]);
});

Deno.test("events that are about to be delivered are written into the reserved space", () => {
  using database = new LockableDatabase();
  let hasRoom = false;
  const reserve = {
    release: () => database.unlock(),
    restore() {
      if (!hasRoom) throw new Error("No space left on device (os error 28)");
    },
  };
  const store = new SqliteStore(database.path, { durable: false, reserve });
  const said = { type: "Said", id: "00000000001", time: 0, text: "tea" } as const;
  const by = { id: 1, nick: "ada", mask: "ada!~a@h" };
  const to = { type: "channel", channel: "#a" } as const;
  database.lock();
  store.append("#a", { ...said, by, to, command: "PRIVMSG", tags: new Map() });
  store.commit();
  assertEquals(textsOf(lastIn(store, "#a", {}, 10, EVERYTHING)), ["tea"]);
  assertEquals(store.trouble, "another program has locked the file");
  for (let i = 0; i < 10; i++) store.tidy(0);
  assertEquals(store.trouble, "the disk is full");
  hasRoom = true;
  for (let i = 0; i < 10; i++) store.tidy(0);
  assertEquals(store.trouble, undefined);
  store.close();
});

Deno.test("pending records are written on close if the store can write by then", () => {
  using database = new LockableDatabase();
  const one = new SqliteStore(database.path, { durable: false });
  database.lock();
  one.keep("secret", "a", "tea");
  one.commit();
  assertEquals(one.trouble, "another program has locked the file");
  database.unlock();
  one.close();
  const other = new SqliteStore(database.path, { durable: false });
  assertEquals([...other.records("secret")], [["a", "tea"]]);
  other.close();
});

Deno.test("the number of pending records is limited while the store cannot write", () => {
  using database = new LockableDatabase();
  const store = new SqliteStore(database.path, { durable: false });
  database.lock();
  const marker = { reader: "ada", target: "#a", upTo: 1 };
  store.keep("marker", "0", marker);
  store.commit();
  for (let i = 0; i < 20_000; i++) store.keep("marker", String(i), marker);
  for (let i = 0; i < 20_000; i++) store.move(`#${i}`, undefined);
  database.unlock();
  for (let i = 0; i < 10; i++) store.tidy(0);
  assertEquals([...store.records("marker")].length, 10_000);
  store.close();
});

Deno.test("the reserved space is on the disk until it is released", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/reserve`;
  const size = () => [...Deno.readDirSync(folder.path)].map(() => Deno.statSync(path).size);
  using reserve = new Reserve(path);
  reserve.release();
  assertEquals(size(), [0], "nothing is reserved yet");
  reserve.restore();
  assertEquals(size(), [8 * 1024 * 1024]);
  {
    using found = new Reserve(path);
    found.release();
  }
  assertEquals(size(), [0], "the file of an earlier run is found");
  folder.write("reserve", "half");
  using again = new Reserve(path);
  again.restore();
  assertEquals(size(), [8 * 1024 * 1024]);
});

Deno.test("an error of SQLite gets a meaning and advice", () => {
  assertEquals(troubleOf(new Error("database or disk is full")), {
    meaning: "the disk is full",
    advice: "free some space, or choose another folder with --data",
  });
  assertEquals(troubleOf(new Error("something else")).meaning, "something else");
});
