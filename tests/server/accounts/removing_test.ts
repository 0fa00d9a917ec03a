/** Tests of removing accounts and everything that belongs to them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { AccountIndex } from "../../../server/state/account_index.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import type { Store } from "../../../server/store/store.ts";
import { base64, type IrcClient } from "../../support/irc_client.ts";
import { LockableDatabase } from "../../support/lockable_database.ts";
import { ScramClient } from "../../support/scram_client.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const OPERATOR = { operators: [{ name: "root", password: "sesame" }] };
const CAPS = "batch draft/chathistory draft/message-redaction draft/read-marker message-tags";

async function withAccount(server: TestServer, nick: string): Promise<IrcClient> {
  const client = await server.register(nick, { caps: CAPS });
  await client.ask("REGISTER * * sesame");
  return client;
}

/** Sends `text` to NickServ; resolves to the last answer, without its source. */
async function tell(client: IrcClient, text: string): Promise<string> {
  return ((await client.ask(`NS ${text}`)).at(-1) ?? "").replace(/^.* NOTICE \S+ :/, "");
}

/** Resolves to the command, with its code, by which `client` removes the account `name`. */
async function dropCommand(client: IrcClient, name: string): Promise<string> {
  const [, command = ""] = /To confirm, say: (DROP .*)$/.exec(await tell(client, `DROP ${name}`)) ??
    [];
  assert(command);
  return command;
}

/** Removes Ada's account, which disconnects her. */
async function dropOwn(ada: IrcClient): Promise<void> {
  await ada.send(`NS ${await dropCommand(ada, "ada")}`);
  assertEquals((await ada.untilEnd()).at(-1), "ERROR :The account ada was removed");
}

/** Returns `lines` without their tags, which differ each time. */
const withoutTags = (lines: readonly string[]) => lines.map((line) => line.replace(/^@\S+ /, ""));

async function history(client: IrcClient, target: string): Promise<string[]> {
  const lines = await client.ask(`CHATHISTORY LATEST ${target} * 10`);
  return withoutTags(lines).filter((line) => / (?:PRIVMSG|FAIL) /.test(line));
}

const KINDS = ["account", "channel", "marker", "operator", "presence", "token", "waiting"] as const;

/** Returns the kinds of records that contain `name`. */
function recordsOf(name: string, store: Store): string[] {
  store.commit();
  return KINDS.filter((kind) => JSON.stringify([...store.records(kind)]).includes(`"${name}`));
}

Deno.test("DROP explains its effect, and removes the account once it is repeated with the code", async () => {
  await using server = await TestServer.start();
  const ada = await withAccount(server, "ada");
  const bob = await server.register("bob", { join: "#a" });
  await ada.ask("JOIN #a");
  await bob.heard();
  assertMatch(
    (await ada.ask("NS DROP ada"))[0] ?? "",
    / :This removes the account ada permanently. /,
  );
  const confirmation = await tell(ada, "DROP ADA");
  assertMatch(confirmation, /^To confirm, say: DROP ada [0-9a-f]{6}$/);
  assertEquals(await tell(ada, "UNREGISTER ada 12345"), confirmation);
  assertEquals(await bob.heard(), []);
  await dropOwn(ada);
  assertEquals(await bob.heard(), [":ada!~ada@127.0.0.1 QUIT :The account ada was removed"]);
  assertEquals(server.log.filter(([message]) => message === "account removed"), [
    ["account removed", { account: "ada", by: "ada", address: "127.0.0.1" }],
  ]);
});

/** Registers a new account ada, which must inherit nothing, and removes it. */
async function newAda(server: TestServer, code: string, bob: IrcClient): Promise<void> {
  assertEquals(await bob.ask("MODE #a"), [":chat.test 403 bob #a :No such channel"]);
  assertEquals(await bob.ask("MODE #left"), [":chat.test 403 bob #left :No such channel"]);
  for (const list of ["e", "I"]) assertEquals((await bob.ask(`MODE #b +${list}`)).length, 1);
  const ada = await server.register("ada", { caps: CAPS });
  assertEquals((await ada.ask("REGISTER * * other")).filter((line) => line.includes("waits")), []);
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +"]);
  assertEquals(await ada.ask("MARKREAD #a"), [":chat.test MARKREAD #a *"]);
  assertMatch((await ada.ask(`REDEEM ${code}`)).join(), / FAIL REDEEM INVALID_TOKEN /);
  assertEquals((await ada.ask("JOIN #shared")).filter((line) => line.includes(" 353 ")), [
    ":chat.test 353 ada = #shared :~bob ada",
  ]);
  await dropOwn(ada);
}

Deno.test("everything that belonged to the account is removed, even after a restart", async () => {
  using folder = new TempFolder();
  const lasting = { ...OPERATOR, memory: false, data: folder.path };
  let code = "";
  {
    await using server = await TestServer.start(lasting);
    const ada = await withAccount(server, "ada");
    server.store.keep("operator", "ada", { name: "ada", since: 0 });
    for (const line of ["JOIN #a,#shared,#left", "PART #left", "INVITATION #a 5"]) {
      await ada.ask(line);
    }
    await ada.ask("MARKREAD #a timestamp=2026-01-01T00:00:00.000Z");
    const bob = await withAccount(server, "bob");
    for (const line of ["JOIN #shared,#b", "MODE #b +Ie a:ada a:ADA"]) await bob.ask(line);
    await ada.ask("MODE #shared +q bob");
    const [, token = ""] = /(\w{32})/.exec((await bob.ask("INVITATION #b 2")).join()) ?? [];
    for (const line of [`REDEEM ${token}`, "PART #b"]) await ada.ask(line);
    code = /(\w{4}-\w{4})/.exec((await ada.ask("LINK")).join())?.[1] ?? "";
    await tell(ada, "STAY on");
    await ada.send("QUIT");
    await ada.untilEnd();
    await bob.ask("PRIVMSG ada :it waits");
    assertEquals(recordsOf("ada", server.store), [...KINDS]);
    const root = await server.register("root");
    await root.ask("OPER root sesame");
    assertEquals(await tell(root, await dropCommand(root, "ada")), "The account ada was removed.");
    assertEquals(recordsOf("ada", server.store), []);
    assertEquals((await bob.ask("WHOIS ada"))[0]?.split(" ")[1], "401");
    await newAda(server, code, bob);
  }
  await using server = await TestServer.start(lasting);
  assertEquals(recordsOf("ada", server.store), []);
  const bob = await server.connect();
  await bob.introduce({ nick: "bob", login: ["bob", "sesame"] });
  await bob.ask("JOIN #shared");
  await newAda(server, code, bob);
});

Deno.test("the keys of a removed account do not log in to a new one of the same name", () => {
  const accounts = new AccountIndex();
  accounts.save({ name: "Ada", createdAt: 0, fingerprints: ["9f2c"] });
  accounts.remove("ADA");
  accounts.save({ name: "ada", createdAt: 1, fingerprints: [] });
  assertEquals(accounts.with("9f2c"), []);
});

Deno.test("a new account of a removed name cannot read or redact the messages of the old one", async () => {
  await using server = await TestServer.start();
  const bob = await withAccount(server, "bob");
  await bob.ask("JOIN #a");
  const ada = await withAccount(server, "ada");
  await ada.ask("JOIN #a");
  await ada.ask("PRIVMSG bob :for you");
  await ada.ask("PRIVMSG #a :for all");
  const lines = await bob.heard();
  const [, id = ""] = /msgid=(\w+).* :for all$/m.exec(lines.join("\n")) ?? [];
  await dropOwn(ada);
  server.clock.advance(1000);
  const eve = await withAccount(server, "ada");
  await eve.ask("JOIN #a");
  assertEquals((await history(eve, "bob")).length, 0);
  assertEquals(
    (await eve.ask(
      "CHATHISTORY TARGETS timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 9",
    ))
      .filter((line) => line.includes("TARGETS bob")),
    [],
  );
  assertEquals((await eve.ask(`REDACT #a ${id}`))[0]?.split(" ")[3], "REDACT_FORBIDDEN");
  await eve.ask("PRIVMSG bob :hello");
  assertEquals(await history(eve, "bob"), [":ada!~ada@127.0.0.1 PRIVMSG bob :hello"]);
  assertEquals((await history(bob, "ada")).length, 2);
});

Deno.test("a user can remove only their own account, and an operator any account", async () => {
  await using server = await TestServer.start(OPERATOR);
  const ada = await withAccount(server, "ada");
  const root = await server.register("root");
  const no = "You can remove only the account that you are logged in to: name that one.";
  const [, code = ""] = /(\w{6})$/.exec(await tell(ada, "DROP ada")) ?? [];
  assertEquals(await tell(root, `DROP ada ${code}`), no);
  assertEquals(await tell(root, "DROP nobody"), no);
  await root.ask("OPER root sesame");
  assertEquals(await tell(root, "DROP nobody"), "There is no such account.");
  await tell(root, await dropCommand(root, "ADA"));
  assertEquals((await ada.untilEnd()).at(-1), "ERROR :The account ada was removed");
});

Deno.test("removing an account disconnects a client that has logged in but not registered", async () => {
  await using server = await TestServer.start();
  const ada = await withAccount(server, "ada");
  const other = await server.connect();
  await other.ask("CAP REQ sasl");
  await other.ask("AUTHENTICATE PLAIN");
  await other.ask(`AUTHENTICATE ${base64("\0ada\0sesame")}`);
  await dropOwn(ada);
  assertEquals((await other.untilEnd()).at(-1), "ERROR :The account ada was removed");
});

Deno.test("a SCRAM exchange with a removed account does not log in to a new one of the same name", async () => {
  await using server = await TestServer.start();
  const ada = await withAccount(server, "ada");
  const old = await server.connect();
  await old.ask("CAP REQ sasl");
  const scram = new ScramClient("ada", "sesame");
  const authenticate = async (text: string) => {
    const [answer = ""] = await old.ask(`AUTHENTICATE ${text}`);
    return answer.replace(/^.* AUTHENTICATE /, "");
  };
  await authenticate("SCRAM-SHA-256");
  await authenticate(base64(scram.second(atob(await authenticate(base64(scram.first))))));
  await dropOwn(ada);
  await withAccount(server, "ada");
  assertMatch(await authenticate("+"), / 904 /);
});

Deno.test("no account is removed while the store cannot write", async () => {
  using database = new LockableDatabase();
  const store = new SqliteStore(database.path, { durable: false });
  await using server = await TestServer.start({}, { store });
  const ada = await withAccount(server, "ada");
  await ada.ask("JOIN #a");
  const command = await dropCommand(ada, "ada");
  database.lock();
  await ada.ask("TOPIC #a :this shows it");
  assertMatch(await tell(ada, command), /^Not done: the server cannot store the change right now/);
  assertEquals((await ada.ask("WHOIS ada")).some((line) => line.includes(" 330 ")), true);
});
