import { assertEquals } from "@std/assert";
import { WAITING_LIMIT } from "../server/state/waiting.ts";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** Bob, while ada has an account and is not here. */
async function bobAlone(server: TestServer, caps = ""): Promise<IrcClient> {
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.close();
  const bob = await server.register("bob", { caps });
  await server.until(() => server.server.counts.users === 1, bob);
  return bob;
}

/** Ada comes back; what she is told after all greetings. */
async function adaComes(server: TestServer, caps = ""): Promise<string[]> {
  const ada = await server.connect();
  const told = await ada.introduce({ nick: "ada", caps, login: ["ada", "sesame"] });
  return told.slice(told.findIndex((line) => line.includes(" 422 ")) + 1);
}

const FROM_BOB = ":bob!~bob@127.0.0.1";

Deno.test("what is said to somebody with an account who is not here waits for them", async () => {
  await using server = new TestServer();
  const bob = await bobAlone(server);
  assertEquals(await bob.ask("PRIVMSG ada :one"), [
    ":chat.test 301 bob ada :Not here; the message waits for them",
  ]);
  assertEquals(await bob.ask("NOTICE ADA :two"), []);
  const told = await adaComes(server, "server-time");
  assertEquals(told.map((line) => line.replace(/^@time=\S+Z /, "")), [
    `${FROM_BOB} PRIVMSG ada :one`,
    `${FROM_BOB} NOTICE ada :two`,
  ]);
});

Deno.test("it is told once, and with its time to those who know no server-time", async () => {
  await using server = new TestServer();
  const bob = await bobAlone(server);
  await bob.ask("PRIVMSG ada :one");
  const long = "x ".repeat(230);
  await bob.ask(`PRIVMSG ada :${long}`);
  const told = await adaComes(server);
  const start = new Date(server.clock.now()).toISOString().slice(0, 16).replace("T", " ");
  assertEquals(told[0], `${FROM_BOB} PRIVMSG ada :[${start} UTC] one`);
  const texts = told.slice(1).map((line) => line.split(" UTC] ")[1]).join("");
  assertEquals(texts.trimEnd(), long.trimEnd());
  await bob.ask("WHOIS ada");
  assertEquals((await bob.askMessages("PRIVMSG ada :three"))[0], undefined, "she is here");
});

Deno.test("what was told waits no more, after a restart either", async () => {
  using folder = new TempFolder();
  const overrides = { memory: false, data: folder.path };
  {
    await using server = new TestServer(overrides);
    const bob = await bobAlone(server);
    await bob.ask("PRIVMSG ada :one");
    assertEquals((await adaComes(server)).length, 1);
  }
  await using server = new TestServer(overrides);
  assertEquals(await adaComes(server), []);
});

Deno.test("who logs in only once they are here is told what waits for them", async () => {
  await using server = new TestServer();
  const bob = await bobAlone(server);
  await bob.ask("PRIVMSG ada :one");
  const ada = await server.register("eve", { caps: "server-time" });
  await ada.send("PRIVMSG NickServ :IDENTIFY ada sesame");
  assertEquals((await ada.until("PRIVMSG")).params, ["eve", "one"]);
});

Deno.test("of several lines, each has its time for who knows those and no server-time", async () => {
  await using server = new TestServer();
  const bob = await bobAlone(server, "batch message-tags draft/multiline");
  const lines = ["BATCH +b draft/multiline ada", "@batch=b PRIVMSG ada :one"];
  await bob.send(...lines, "@batch=b PRIVMSG ada :two");
  await bob.ask("BATCH -b");
  const told = await adaComes(server, "batch message-tags draft/multiline");
  assertEquals(told.map((line) => line.replace(/^@\S+ |\[.* UTC\]/g, "")), [
    `${FROM_BOB} PRIVMSG ada : one`,
    `${FROM_BOB} PRIVMSG ada : two`,
  ]);
});

Deno.test("what waits does so over a restart, and not if it was taken back", async () => {
  using folder = new TempFolder();
  const overrides = { memory: false, data: folder.path };
  {
    await using server = new TestServer(overrides);
    const bob = await bobAlone(server, "echo-message message-tags draft/message-redaction");
    const said = await bob.askMessages("PRIVMSG ada :oops");
    await bob.ask("PRIVMSG ada :hello");
    const id = said.find(({ command }) => command === "PRIVMSG")?.tags?.get("msgid");
    await bob.ask(`REDACT ada ${id}`);
  }
  await using server = new TestServer(overrides);
  const told = await adaComes(server, "server-time");
  assertEquals(told.map((line) => line.split(" :").at(-1)), ["hello"]);
});

Deno.test("only so many messages wait; who says one more is told", async () => {
  await using server = new TestServer();
  const bob = await bobAlone(server);
  for (let i = 0; i < WAITING_LIMIT; i++) await bob.send(`NOTICE ada :${i}`);
  assertEquals(await bob.ask("NOTICE ada :more"), [
    ":chat.test FAIL PRIVMSG TOO_MANY_WAITING ada :They are not here, and no more messages can wait for them",
  ]);
  assertEquals((await adaComes(server, "server-time")).length, WAITING_LIMIT);
});

Deno.test("nothing waits for a nick without an account, nor of tags alone", async () => {
  await using server = new TestServer();
  const bob = await bobAlone(server, "message-tags");
  assertEquals((await bob.askMessages("PRIVMSG nobody :x"))[0]?.command, "401");
  assertEquals((await bob.askMessages("@+typing=active TAGMSG ada"))[0]?.command, "401");
});
