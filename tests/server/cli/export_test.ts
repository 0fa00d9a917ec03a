import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { exportHistory } from "../../../server/cli/export.ts";
import { OutputError } from "../../../shared/output.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { printable } from "../../../shared/text.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** Runs `chat export` with these flags; returns its output and exit code. */
function run(folder: TempFolder, ...flags: string[]) {
  let written = "";
  const args = [...flags, "--data", folder.path];
  const code = exportHistory(args, new Map<string, string>(), (lines) => written += `${lines}\n`);
  return { code, lines: written.split("\n").slice(0, -1) };
}

/** Returns a server with its data in `folder`, in whose rooms many kinds of events have happened. */
async function busyServer(folder: TempFolder): Promise<TestServer> {
  const server = await TestServer.start({ memory: false, data: folder.path });
  const caps = "message-tags draft/multiline batch";
  const ada = await server.register("ada", { caps, join: "#a,#b" });
  const bob = await server.register("bob", { join: "#a" });
  for (
    const line of [
      'PRIVMSG #a :hello, "world"',
      "PRIVMSG #a :\x01ACTION waves\x01",
      "NOTICE #a :=1+1",
      "@+draft/react=x TAGMSG #a",
      "TOPIC #a :tea",
      "MODE #a +ov bob bob",
      "PRIVMSG #b :\x1b[2Jboo\u202e\u009b",
      "BATCH +1 draft/multiline #a",
      "@batch=1 PRIVMSG #a :one",
      "@batch=1 PRIVMSG #a :two",
      "BATCH -1",
    ]
  ) await ada.ask(line);
  for (const line of ["NICK rob", "PRIVMSG ada :psst", "PART #a :bye"]) await bob.ask(line);
  return server;
}

Deno.test("every event is exported as text while the server runs", async () => {
  using folder = new TempFolder();
  await using _ = await busyServer(folder);
  const { code, lines } = run(folder);
  assertEquals(code, 0);
  const time = /^2026-01-01T00:00:00\.000Z /;
  for (const line of lines) assertMatch(line, time);
  const said = lines.map((line) => line.replace(time, ""));
  assertEquals(said.filter((line) => line.startsWith("#a")), [
    "#a * ada joined",
    "#a * bob joined",
    '#a <ada> hello, "world"',
    "#a * ada waves",
    "#a -ada- =1+1",
    "#a * ada sent tags",
    "#a * ada set the topic: tea",
    "#a * ada set mode +ov bob bob",
    "#a <ada> one",
    "#a <ada> two",
    "#a * bob is now rob",
    "#a * rob left: bye",
  ]);
  assertEquals(said.filter((line) => line.startsWith("#b")), [
    "#b * ada joined",
    "#b <ada> [2Jboo",
  ]);
  assertEquals(said.filter((line) => line.endsWith("<rob> psst")).length, 1);
});

Deno.test("a single room can be exported", async () => {
  using folder = new TempFolder();
  await using _ = await busyServer(folder);
  const all = run(folder).lines.filter((line) => line.split(" ")[1] === "#a");
  for (const name of ["#a", "a", "#A"]) assertEquals(run(folder, "--room", name).lines, all);
});

Deno.test("JSON has one complete object a line, without control characters", async () => {
  using folder = new TempFolder();
  await using _ = await busyServer(folder);
  const { lines } = run(folder, "--format", "json");
  const rows = lines.map((line) => JSON.parse(line));
  const [boo] = rows.filter(({ room, type }) => room === "#b" && type === "message");
  assertMatch(boo.id, /^[0-9a-z]{11}$/);
  assertEquals({ ...boo, id: "" }, {
    time: "2026-01-01T00:00:00.000Z",
    room: "#b",
    id: "",
    type: "message",
    nick: "ada",
    account: "",
    text: "\x1b[2Jboo\u202e\u009b",
    tags: {},
  });
  assertEquals(rows.find(({ type }) => type === "tags").tags, { "+draft/react": "x" });
  assertEquals(rows.find(({ text }) => text.includes("\n")).text, "one\ntwo");
  for (const line of lines) assertEquals(line, printable(line));
});

Deno.test("CSV has one row an event, and no cell is a formula", async () => {
  using folder = new TempFolder();
  await using _ = await busyServer(folder);
  const { lines } = run(folder, "--format", "csv", "--room", "a");
  assertEquals(lines[0], "time,room,id,type,nick,account,text\r");
  const cells = lines.join("\n").replace(/[0-9a-z]{11},/g, "ID,");
  for (
    const row of [
      '2026-01-01T00:00:00.000Z,#a,ID,message,ada,,"hello, ""world"""\r',
      "2026-01-01T00:00:00.000Z,#a,ID,notice,ada,,'=1+1\r",
      "2026-01-01T00:00:00.000Z,#a,ID,mode,ada,,'+ov bob bob\r",
      '2026-01-01T00:00:00.000Z,#a,ID,message,ada,,"one\ntwo"\r',
    ]
  ) assert(cells.includes(row), row);
});

Deno.test("a sign of full width and a sign after blank lines begin no formula in CSV either", async () => {
  using folder = new TempFolder();
  await using server = await TestServer.start({ memory: false, data: folder.path });
  const ada = await server.register("ada", { caps: "draft/multiline batch", join: "#a" });
  await ada.send("PRIVMSG #a :＝2+2", "BATCH +1 draft/multiline #a");
  await ada.send("@batch=1 PRIVMSG #a :", "@batch=1 PRIVMSG #a :=3+3", "BATCH -1");
  await ada.heard();
  const cells = run(folder, "--format", "csv").lines.join("\n");
  for (const cell of [",'＝2+2\r", `,"'\n=3+3"\r`]) assert(cells.includes(cell), cells);
});

Deno.test("a long history is exported in pieces", () => {
  using folder = new TempFolder();
  const store = new SqliteStore(`${folder.path}/chat.db`, { durable: false });
  const by = { id: 1, nick: "ada", mask: "ada!~ada@127.0.0.1" };
  for (let i = 0; i < 1000; i++) {
    const id = String(i).padStart(11, "0");
    store.append("#a", { type: "TopicChanged", id, time: i, by, channel: "#a", topic: "" });
    store.commit();
  }
  store.close();
  let pieces = 0;
  exportHistory(["--data", folder.path], new Map<string, string>(), () => pieces++);
  assertEquals(pieces, 1000);
  assertEquals(run(folder, "--room", "a").lines.length, 1000);
});

Deno.test("--verify reports an intact file while the server runs", async () => {
  using folder = new TempFolder();
  await using server = await busyServer(folder);
  const before = run(folder, "--verify");
  assertMatch(before.lines.join(), /chat\.db is intact: \d+ blocks, \d+ events, 0 messages in the/);
  // The index is built a few milliseconds at a time, so it may need several turns.
  server.clock.advance(2000);
  const { code, lines } = run(folder, "--verify");
  assertEquals(code, 0);
  assertMatch(lines.join(), /chat\.db is intact: \d+ blocks, \d+ events, 6 messages in the index$/);
});

/** SQL that damages a database, and the report of it. */
const DAMAGES: readonly (readonly [sql: string, found: RegExp])[] = [
  ["UPDATE block SET events = '[', crc = NULL WHERE number = 3", /block 3 is damaged/],
  ["UPDATE block SET events = replace(events, 'e', 'f') WHERE number = 3", /block 3 is damaged/],
  ["UPDATE place SET name = '#z' WHERE number = 1", /block \d is damaged/],
  [
    `UPDATE block SET events = (SELECT events FROM block WHERE number = 1), crc = NULL
      WHERE number = 5`,
    /block 5 is out of order/,
  ],
  ["DELETE FROM term WHERE rowid = (SELECT min(rowid) FROM term)", /the index is missing words/],
  ["INSERT INTO term (rowid, text) VALUES (1, 'x')", /words from messages that no longer exist/],
];

Deno.test("--verify reports what is damaged in a file, with exit code 1", async () => {
  for (const [sql, found] of DAMAGES) {
    using folder = new TempFolder();
    {
      await using server = await busyServer(folder);
      server.clock.advance(2000);
    }
    const db = new DatabaseSync(`${folder.path}/chat.db`);
    db.exec(sql);
    db.close();
    const { code, lines } = run(folder, "--verify");
    assertEquals(code, 1, sql);
    assertMatch(lines.join(), /chat\.db is damaged: .*; restore a backup/);
    assertMatch(lines.join(), found);
  }
});

Deno.test("what is damaged is left out of the export, which says so and ends with exit code 1", async () => {
  using folder = new TempFolder();
  {
    await using _ = await busyServer(folder);
  }
  const before = run(folder).lines;
  const db = new DatabaseSync(`${folder.path}/chat.db`);
  db.exec("UPDATE block SET events = replace(events, 'psst', 'post')");
  db.close();
  const warnings: string[] = [];
  let written = "";
  const args = ["--data", folder.path];
  const print = (lines: string) => written += `${lines}\n`;
  const code = exportHistory(args, new Map(), print, (line) => warnings.push(line));
  assertEquals(code, 1);
  assertEquals(written.split("\n").slice(0, -1), before.filter((line) => !line.endsWith("psst")));
  assertEquals(warnings.length, 1);
  assertMatch(warnings.join(), /block \d+ of .*chat\.db is damaged and left out; restore a backup/);
});

Deno.test("an export ends at the first error of its output, and reports the error", async () => {
  using folder = new TempFolder();
  await using _ = await busyServer(folder);
  let calls = 0;
  const print = () => {
    calls++;
    throw new OutputError(new Error("No space left on device (os error 28)"));
  };
  const args = ["--data", folder.path];
  assertThrows(() => exportHistory(args, new Map(), print), OutputError, "cannot write the output");
  assertEquals(calls, 1);
});

Deno.test("a missing or damaged database and wrong flags are reported", () => {
  using folder = new TempFolder();
  assertThrows(() => run(folder), UserError, "there is no database in");
  assertThrows(() => run(folder, "--format", "xml"), UsageError, "must be one of text, json, csv");
  assertThrows(() => run(folder, "room"), UsageError, "takes only flags");
  folder.write("chat.db", "not a database".repeat(1000));
  assertThrows(() => run(folder), UserError, "the file is not a database, or is damaged");
});

Deno.test("a room without history is an error that names the nearest room", async () => {
  using folder = new TempFolder();
  await using server = await busyServer(folder);
  for (const flags of [["--room", "nowhere"], ["--room", "#a2", "--format", "csv"]]) {
    const room = flags[1]?.replace(/^#?/, "#");
    let written = "";
    const error = assertThrows(
      () => exportHistory([...flags, "--data", folder.path], new Map(), (line) => written += line),
      UserError,
      `there is no history of ${room}; did you mean #a`,
    );
    assertEquals(error.exitCode, 1);
    assertEquals(written, "");
  }
  await server.register("zoe", { join: "#new" });
  assertEquals(run(folder, "--room", "NEW").lines.length, 1, "also of a room only in the journal");
});
