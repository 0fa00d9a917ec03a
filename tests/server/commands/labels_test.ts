import { assert, assertEquals } from "@std/assert";
import type { Message } from "../../../protocol.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

// https://ircv3.net/specs/extensions/labeled-response

const CAPS = "labeled-response batch echo-message message-tags";

/** Returns a message as text, without its msgid, which differs between runs. */
function shown({ tags, command, params }: Message): string {
  const kept = [...tags ?? []].filter(([key]) => key !== "msgid");
  return [...kept.map(([key, value]) => `${key}=${value}`), command, ...params].join(" ");
}

async function answers(client: IrcClient, line: string): Promise<string[]> {
  return (await client.askMessages(line)).map(shown);
}

Deno.test("a reply of one message has the label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const table: readonly [sent: string, answer: string][] = [
    ["@label=1 PING x", "label=1 PONG chat.test x"],
    ["@label=2 FOO", "label=2 421 ada FOO Unknown command"],
    ["@label=3 JOIN", "label=3 461 ada JOIN Not enough parameters"],
    ["@label=4 CAP LIST", "label=4 CAP ada LIST batch echo-message labeled-response message-tags"],
    ["@label=5 NICK ada2", "label=5 NICK ada2"],
    ["@label=6;+x=y MODE ada2 +i", "label=6 MODE ada2 +i"],
  ];
  for (const [sent, answer] of table) assertEquals(await answers(ada, sent), [answer], sent);
});

Deno.test("a labeled command without a reply gets ACK", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "labeled-response batch" });
  await server.register("bob");
  for (const line of ["PONG", "PRIVMSG bob :hi", "NOTICE nobody :hi", "MODE ada -i", "CAP END"]) {
    assertEquals(await answers(ada, `@label=1 ${line}`), ["label=1 ACK"], line);
  }
});

Deno.test("a reply of several messages is one batch with the label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  assertEquals(await answers(ada, "@label=1 JOIN #a"), [
    "label=1 BATCH +r0 labeled-response",
    "batch=r0 JOIN #a",
    "batch=r0 353 ada = #a @ada",
    "batch=r0 366 ada #a End of NAMES list",
    "BATCH -r0",
  ]);
  assertEquals((await answers(ada, "@label=2 JOIN #b"))[0], "label=2 BATCH +r1 labeled-response");
});

Deno.test("without batch, the first message of a reply has the label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "labeled-response message-tags" });
  assertEquals(await answers(ada, "@label=1 JOIN #a"), [
    "label=1 JOIN #a",
    "353 ada = #a @ada",
    "366 ada #a End of NAMES list",
  ]);
});

Deno.test("the echo of a message has the label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  await ada.heard();
  await bob.heard();
  assertEquals(await answers(ada, "@label=1 PRIVMSG #a :hi"), ["label=1 PRIVMSG #a hi"]);
  assertEquals(
    shown(await bob.expect("PRIVMSG")),
    "PRIVMSG #a hi",
    "other clients do not get the label",
  );
  assertEquals(await answers(ada, "@label=2 PRIVMSG #a,bob :hi"), [
    "label=2 BATCH +r0 labeled-response",
    "batch=r0 PRIVMSG #a hi",
    "batch=r0 PRIVMSG bob hi",
    "BATCH -r0",
  ]);
});

Deno.test("the echo of a message to a service has the label even if the service answers later", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  // A password takes a while to hash.
  assertEquals(await answers(ada, "@label=1 PRIVMSG NickServ :REGISTER sesame"), [
    "label=1 PRIVMSG NickServ REGISTER sesame",
    "NOTICE ada The nick ada is now yours.",
    "900 ada ada!~ada@127.0.0.1 ada You are now logged in as ada",
  ]);
});

Deno.test("a message to the sender's own nick arrives without the label, its echo with it", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  assertEquals(await answers(ada, "@label=1 PRIVMSG ada :hi"), [
    "PRIVMSG ada hi",
    "label=1 PRIVMSG ada hi",
  ]);
});

Deno.test("messages from others are not part of a labeled reply", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.heard();
  await bob.send("PRIVMSG #a :hi", "PART #a");
  await bob.heard();
  assertEquals((await ada.heard()).length, 2);
  assertEquals(await answers(ada, "@label=1 PING x"), ["label=1 PONG chat.test x"]);
});

Deno.test("a label that is empty, too long or without the capability is ignored", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const bob = await server.register("bob");
  const pong = ["PONG chat.test x"];
  assertEquals(await answers(ada, `@label=${"x".repeat(64)} PING x`), [
    `label=${"x".repeat(64)} PONG chat.test x`,
  ]);
  assertEquals(await answers(ada, `@label=${"x".repeat(65)} PING x`), pong);
  assertEquals(await answers(ada, "@label= PING x"), pong);
  assertEquals(await answers(ada, "@label PING x"), pong);
  assertEquals(await answers(bob, "@label=1 PING x"), pong);
});

Deno.test("the value of a label is escaped", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const [answer] = await ada.ask("@label=a\\:\\s\\\\b PING x");
  assertEquals(answer, "@label=a\\:\\s\\\\b :chat.test PONG chat.test x");
});

Deno.test("the ERROR that answers a labeled QUIT has the label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  await ada.send("@label=1 QUIT :bye");
  const [last, ...rest] = await ada.untilEnd();
  assert(last?.startsWith("@label=1"), last);
  assertEquals([last, rest], ["@label=1 ERROR :Quit: bye", []]);
});
