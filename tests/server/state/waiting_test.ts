import { assertEquals, assertMatch } from "@std/assert";
import { WAITING_LIMIT } from "../../../server/state/waiting.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** Registers Bob, while Ada has an account and is not connected. */
async function bobAlone(server: TestServer, caps = ""): Promise<IrcClient> {
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.close();
  const bob = await server.register("bob", { caps });
  await server.until(() => server.server.counts.users === 1, bob);
  return bob;
}

/** Connects Ada; resolves to the lines she gets after the greeting. */
async function adaReturns(server: TestServer, caps = ""): Promise<string[]> {
  const ada = await server.connect();
  const received = await ada.introduce({ nick: "ada", caps, login: ["ada", "sesame"] });
  return received.slice(received.findIndex((line) => line.includes(" 422 ")) + 1);
}

const FROM_BOB = ":bob!~bob@127.0.0.1";

Deno.test("a message to an account that is not connected waits for it", async () => {
  await using server = await TestServer.start();
  const bob = await bobAlone(server);
  assertEquals(await bob.ask("PRIVMSG ada :one"), [
    ":chat.test 301 bob ada :The user is offline; the message will be delivered when they return",
  ]);
  assertEquals(await bob.ask("NOTICE ADA :two"), []);
  const received = await adaReturns(server, "server-time");
  assertEquals(received.map((line) => line.replace(/^@time=\S+Z /, "")), [
    `${FROM_BOB} PRIVMSG ada :one`,
    `${FROM_BOB} NOTICE ada :two`,
  ]);
});

Deno.test("a waiting message is delivered once, with its time in the text without server-time", async () => {
  await using server = await TestServer.start();
  const bob = await bobAlone(server);
  await bob.ask("PRIVMSG ada :one");
  const long = "x ".repeat(230);
  await bob.ask(`PRIVMSG ada :${long}`);
  await bob.ask("PRIVMSG ada :\x01ACTION waves\x01");
  const received = await adaReturns(server);
  const start = new Date(server.clock.now()).toISOString().slice(0, 16).replace("T", " ");
  assertEquals(received.shift(), `${FROM_BOB} PRIVMSG ada :[${start} UTC] one`);
  const action = `\x01ACTION [${start} UTC] waves\x01`;
  assertEquals(received.pop(), `${FROM_BOB} PRIVMSG ada :${action}`);
  const texts = received.map((line) => line.split(" UTC] ")[1]).join("");
  assertEquals(texts.trimEnd(), long.trimEnd());
  await bob.ask("WHOIS ada");
  assertEquals((await bob.askMessages("PRIVMSG ada :three"))[0], undefined, "Ada is connected");
});

Deno.test("a delivered message does not wait any more, even after a restart", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(options);
    const bob = await bobAlone(server);
    await bob.ask("PRIVMSG ada :one");
    assertEquals((await adaReturns(server)).length, 1);
  }
  await using server = await TestServer.start(options);
  assertEquals(await adaReturns(server), []);
});

Deno.test("a user who logs in after registration gets the waiting messages", async () => {
  await using server = await TestServer.start();
  const bob = await bobAlone(server);
  await bob.ask("PRIVMSG ada :one");
  const ada = await server.register("eve", { caps: "server-time" });
  await ada.send("PRIVMSG NickServ :IDENTIFY ada sesame");
  assertEquals((await ada.until("PRIVMSG")).params, ["eve", "one"]);
});

Deno.test("each line of a waiting multiline message has its time in the text without server-time", async () => {
  await using server = await TestServer.start();
  const bob = await bobAlone(server, "batch message-tags draft/multiline");
  const lines = ["BATCH +b draft/multiline ada", "@batch=b PRIVMSG ada :one"];
  await bob.send(...lines, "@batch=b PRIVMSG ada :two");
  await bob.ask("BATCH -b");
  const received = await adaReturns(server, "batch message-tags draft/multiline");
  assertEquals(received.map((line) => line.replace(/^@\S+ |\[.* UTC\]/g, "")), [
    `${FROM_BOB} PRIVMSG ada : one`,
    `${FROM_BOB} PRIVMSG ada : two`,
  ]);
});

Deno.test("a waiting message survives a restart, and a redacted one is gone", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(options);
    const bob = await bobAlone(server, "echo-message message-tags draft/message-redaction");
    const said = await bob.askMessages("PRIVMSG ada :oops");
    await bob.ask("PRIVMSG ada :hello");
    const id = said.find(({ command }) => command === "PRIVMSG")?.tags?.get("msgid");
    await bob.ask(`REDACT ada ${id}`);
  }
  await using server = await TestServer.start(options);
  const received = await adaReturns(server, "server-time");
  assertEquals(received.map((line) => line.split(" :").at(-1)), ["hello"]);
});

Deno.test("the waiting messages of an account are limited, and a further message is refused", async () => {
  await using server = await TestServer.start();
  const bob = await bobAlone(server);
  for (let i = 0; i < WAITING_LIMIT; i++) await bob.send(`NOTICE ada :${i}`);
  assertEquals(await bob.ask("NOTICE ada :more"), [
    ":chat.test FAIL NOTICE TOO_MANY_WAITING ada :ada is offline and already has 500 messages waiting; try again later",
  ]);
  assertEquals((await adaReturns(server, "server-time")).length, WAITING_LIMIT);
});

Deno.test("a waiting message that its sender has deleted leaves room for another, after a restart, too", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(options);
    const bob = await bobAlone(server, "message-tags draft/message-redaction echo-message");
    for (let i = 1; i < WAITING_LIMIT; i++) await bob.send(`NOTICE ada :${i}`);
    const sent = (await bob.ask("NOTICE ada :last")).join();
    const id = /msgid=([^; ]+)/.exec(sent)?.[1];
    await bob.ask(`REDACT ada ${id}`);
    await bob.close();
  }
  await using server = await TestServer.start(options);
  const zoe = await server.register("zoe");
  assertEquals(await zoe.ask("NOTICE ada :more"), []);
  assertMatch((await zoe.ask("NOTICE ada :one too many")).join(), /TOO_MANY_WAITING/);
  assertEquals((await adaReturns(server, "server-time")).at(-1)?.split(" :").at(-1), "more");
});

Deno.test("waiting messages that --keep has deleted leave room for others", async () => {
  const minute = 60_000;
  await using server = await TestServer.start({ keepMs: 10 * minute });
  const early = await bobAlone(server);
  for (let i = 0; i < WAITING_LIMIT; i++) await early.send(`NOTICE ada :${i}`);
  await early.ask("JOIN #a");
  await early.close();
  server.clock.advance(11 * minute);
  const bob = await server.register("bob", { join: "#a" });
  // The last block of history is always kept.
  for (const text of ["one", "two"]) {
    await bob.ask(`PRIVMSG #a :${text}`);
    server.clock.advance(2000);
  }
  assertEquals(await bob.ask("NOTICE ada :more"), []);
  assertEquals(await bob.ask("NOTICE ada :still more"), []);
  const received = await adaReturns(server, "server-time");
  assertEquals(received.map((line) => line.split(" :").at(-1)), ["more", "still more"]);
});

Deno.test("messages to a nick without an account, and TAGMSG, do not wait", async () => {
  await using server = await TestServer.start();
  const bob = await bobAlone(server, "message-tags");
  assertEquals((await bob.askMessages("PRIVMSG nobody :x"))[0]?.command, "401");
  assertEquals((await bob.askMessages("@+typing=active TAGMSG ada"))[0]?.command, "401");
});
