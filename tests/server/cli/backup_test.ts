import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { backUp } from "../../../server/cli/backup.ts";
import { exportHistory } from "../../../server/cli/export.ts";
import { restore } from "../../../server/cli/restore.ts";
import { openIdentity } from "../../../server/net/identity.ts";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { FileServer, result, say } from "../../support/files.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const NO_ENVIRONMENT: ReadonlyMap<string, string> = new Map();

function copy(data: string, to: string): Promise<string> {
  return backUp([to, "--data", data], NO_ENVIRONMENT);
}

/** Returns the messages in the folder `data`. */
function messagesIn(data: string): string[] {
  const printed: string[] = [];
  exportHistory(["--data", data, "--format", "json"], NO_ENVIRONMENT, (lines) => {
    printed.push(...lines.split("\n"));
  });
  return printed.map((line) => JSON.parse(line)).filter(({ type }) => type === "message")
    .map(({ text }) => text);
}

function filesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test("a copy of a running server, restored elsewhere, has its messages, accounts and key", async () => {
  using folder = new TempFolder();
  const [data, to, fresh] = ["data", "copy", "fresh"].map((name) => `${folder.path}/${name}`);
  assert(data && to && fresh);
  Deno.mkdirSync(data);
  const identity = await openIdentity({ data, memory: false }, ["localhost"]);
  {
    await using server = await TestServer.start({ data, memory: false }, { identity });
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("REGISTER * * sesame");
    await ada.ask("PRIVMSG #a :in the database");
    for (let second = 0; second < 3; second++) server.clock.advance(1000);
    await ada.ask("PRIVMSG #a :in the journal");
    const told = await copy(data, to);
    assert(told.startsWith(`${data} is copied to ${to} (`), told);
    await ada.ask("PRIVMSG #a :after the copy");
  }
  assertEquals(filesIn(to), ["cert.pem", "chat.db", "journal", "key.pem"]);
  const restoredTo = restore([to, "--data", fresh], NO_ENVIRONMENT);
  assert(restoredTo.endsWith(`start the server with chat serve --data ${fresh}`), restoredTo);
  assertEquals(messagesIn(fresh), ["in the database", "in the journal"]);
  const restored = await openIdentity({ data: fresh, memory: false }, ["localhost"]);
  assertEquals(restored.fingerprint, identity.fingerprint);
  await using server = await TestServer.start({ data: fresh, memory: false }, {
    identity: restored,
  });
  const ada = await server.register("ada", {
    login: ["ada", "sesame"],
    caps: "draft/chathistory batch message-tags server-time",
    join: "#a",
  });
  assert((await ada.ask("NAMES #a"))[0]?.endsWith(":~ada"));
  const history = (await ada.ask("CHATHISTORY LATEST #a * 10")).join("\n");
  assert(history.includes("in the journal"), history);
});

Deno.test("a folder that was copied after the server was killed is restored with the last changes", () =>
  withKilled(
    (killed, fresh) => {
      const told = restore([killed, "--data", fresh], NO_ENVIRONMENT);
      assertEquals(messagesIn(fresh), ["in the database", "in the journal"]);
      // The server had a key that was not in its folder.
      assert(told.includes("The copy has no key"), told);
    },
  ));

/** Calls `check` with the files of a server as a kill leaves them, and with a path for another folder. */
async function withKilled(check: (killed: string, fresh: string) => void): Promise<void> {
  using folder = new TempFolder();
  const [data, killed, fresh] = ["data", "killed", "fresh"].map((name) => `${folder.path}/${name}`);
  assert(data && killed && fresh);
  Deno.mkdirSync(data);
  Deno.mkdirSync(killed);
  await using server = await TestServer.start({ data, memory: false });
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("PRIVMSG #a :in the database");
  for (let second = 0; second < 3; second++) server.clock.advance(1000);
  await ada.ask("PRIVMSG #a :in the journal");
  for (const name of filesIn(data)) Deno.copyFileSync(`${data}/${name}`, `${killed}/${name}`);
  check(killed, fresh);
}

Deno.test("a copy made at any moment is whole, and has all that anyone had seen by then", async () => {
  using folder = new TempFolder();
  const data = `${folder.path}/data`;
  Deno.mkdirSync(data);
  await using server = await TestServer.start({ data, memory: false });
  const ada = await server.register("ada", { join: "#a", caps: "echo-message" });
  let sent = 0;
  for (let round = 0; round < 12; round++) {
    await ada.send(...Array.from({ length: 50 }, () => `PRIVMSG #a :line ${sent++}`));
    await ada.heard();
    const seen = sent;
    const copying = copy(data, `${folder.path}/${round}`);
    await ada.send(...Array.from({ length: 50 }, () => `PRIVMSG #a :line ${sent++}`));
    server.clock.advance(1000);
    await copying;
    const found = messagesIn(`${folder.path}/${round}`);
    assert(found.length >= seen, `${found.length} of ${seen}`);
    assertEquals(found, Array.from({ length: found.length }, (_, i) => `line ${i}`));
    await ada.heard();
  }
});

Deno.test({
  name: "only the owner can read a copy",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new TempFolder();
    const [data, to] = [`${folder.path}/data`, `${folder.path}/copy`];
    Deno.mkdirSync(data);
    await openIdentity({ data, memory: false }, ["localhost"]);
    await using _server = await TestServer.start({ data, memory: false });
    await copy(data, to);
    for (const path of [to, ...filesIn(to).map((name) => `${to}/${name}`)]) {
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o077, 0, path);
    }
  },
});

Deno.test("a copy goes to a new or empty folder, and is restored to one without a server's files", async () => {
  using folder = new TempFolder();
  const [data, to] = [`${folder.path}/data`, `${folder.path}/copy`];
  Deno.mkdirSync(data);
  Deno.mkdirSync(to);
  {
    await using _server = await TestServer.start({ data, memory: false });
    await copy(data, to);
    await assertRejects(() => copy(data, to), UserError, "name a new or empty folder");
    assertThrows(() => restore([to, "--data", data], NO_ENVIRONMENT), UserError, "is using");
  }
  assertThrows(() => restore([to, "--data", data], NO_ENVIRONMENT), UserError, "already");
  const none = `${folder.path}/none`;
  await assertRejects(() => copy(none, `${folder.path}/2`), UserError, "there is no database");
  assertThrows(() => restore([none, "--data", data], NO_ENVIRONMENT), UserError, "no copy in");
  await assertRejects(() => backUp([], NO_ENVIRONMENT), UsageError, "chat backup DIR");
  assertThrows(() => restore([], NO_ENVIRONMENT), UsageError, "chat restore DIR");
  assertEquals(filesIn(folder.path), ["copy", "data"]);
});

Deno.test("nothing is restored into a folder with the journal of another server", async () => {
  using folder = new TempFolder();
  const [data, to, other] = ["data", "copy", "other"].map((name) => `${folder.path}/${name}`);
  assert(data && to && other);
  for (const each of [data, other]) Deno.mkdirSync(each);
  await using _server = await TestServer.start({ data, memory: false });
  await copy(data, to);
  Deno.writeTextFileSync(`${other}/journal`, "messages of others");
  assertThrows(() => restore([to, "--data", other], NO_ENVIRONMENT), UserError, "journal already");
  assertEquals(Deno.readTextFileSync(`${other}/journal`), "messages of others");
});

Deno.test("a copy that could not be restored leaves nothing behind, so that it can be tried again", async () => {
  using folder = new TempFolder();
  const [data, to, fresh] = ["data", "copy", "fresh"].map((name) => `${folder.path}/${name}`);
  assert(data && to && fresh);
  Deno.mkdirSync(data);
  await using _server = await TestServer.start({ data, memory: false });
  await copy(data, to);
  Deno.mkdirSync(`${fresh}/chat.db`, { recursive: true });
  const again = () => restore([to, "--data", fresh], NO_ENVIRONMENT);
  assertThrows(again, UserError, "cannot restore");
  assertEquals(filesIn(fresh), ["chat.db", "lock"]);
  Deno.removeSync(`${fresh}/chat.db`);
  assertMatch(again(), /is restored/);
});

Deno.test("restoring never reads the whole database at once, so it may be larger than the memory", () => {
  using folder = new TempFolder();
  const [from, data] = ["copy", "data"].map((name) => `${folder.path}/${name}`);
  assert(from && data);
  Deno.mkdirSync(from);
  const database = crypto.getRandomValues(new Uint8Array(64 * 1024));
  Deno.writeFileSync(`${from}/chat.db`, database);
  const { readFileSync } = Deno;
  try {
    Deno.readFileSync = (path) => {
      throw new Error(`${path} is read as a whole`);
    };
    restore([from, "--data", data], NO_ENVIRONMENT);
  } finally {
    Deno.readFileSync = readFileSync;
  }
  assertEquals(Deno.readFileSync(`${data}/chat.db`), database);
  if (Deno.build.os !== "windows") {
    assertEquals((Deno.statSync(`${data}/chat.db`).mode ?? 0) & 0o777, 0o600);
  }
});

Deno.test("a copy has the uploaded files, and so has the server that is restored from it", async () => {
  using folder = new TempFolder();
  const [to, fresh] = ["copy", "fresh"].map((name) => `${folder.path}/${name}`);
  assert(to && fresh);
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const path = new URL(await server.uploaded("tea")).pathname;
  await say(ada, `look: ${new URL(path, server.url)}`);
  await copy(server.data, to);
  restore([to, "--data", fresh], NO_ENVIRONMENT);
  await using restored = await FileServer.start({}, {}, fresh);
  restored.clock.advance(200);
  assertEquals(await result(fetch(new URL(path, restored.url))), [200, "tea"]);
});
