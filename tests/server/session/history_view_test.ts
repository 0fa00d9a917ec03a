import { assert, assertEquals, assertMatch } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

/** Returns a server that replays three lines, after four messages and other events in `#lobby`. */
async function meeting(): Promise<[TestServer, IrcClient]> {
  const server = await TestServer.start({ replay: 3, plainPort: 0 });
  const ada = await server.register("ada", { caps: "message-tags", join: "#lobby" });
  await ada.ask("PRIVMSG #lobby :one");
  await ada.ask("PRIVMSG #lobby :two");
  await ada.ask("TOPIC #lobby :tea");
  await ada.ask("NOTICE #lobby :three");
  await ada.ask("@+x=y TAGMSG #lobby");
  await ada.ask("PRIVMSG #lobby :\x01ACTION \x1b[2Jfour\x01");
  return [server, ada];
}

/** Returns the current minute at `server`, in UTC. */
function minuteOf(server: TestServer): string {
  return new Date(server.clock.now()).toISOString().slice(0, 16).replace("T", " ");
}

/** Joins `room`; resolves to the lines after the names. */
async function linesAfterJoin(client: IrcClient, room = "#lobby"): Promise<string[]> {
  const lines = await client.ask(`JOIN ${room}`);
  return lines.slice(lines.findIndex((line) => line.includes(" 366 ")) + 1);
}

Deno.test("a client with server-time and batch gets the last messages as a batch on joining", async () => {
  const [server] = await meeting();
  await using _ = server;
  const bob = await server.register("bob", { caps: "server-time batch message-tags" });
  const [start = "", one = "", ...rest] = await linesAfterJoin(bob);
  const [, reference] = /^:chat\.test BATCH \+(\S+) chathistory #lobby$/.exec(start) ?? [];
  assertMatch(one, /^@time=\S+;msgid=\w+;batch=\S+ :ada!\S+ PRIVMSG #lobby :two$/);
  assertEquals(rest.map((line) => line.replace(/^@\S+ :(\w+)\S+/, "$1")), [
    "ada NOTICE #lobby :three",
    "ada PRIVMSG #lobby :\x01ACTION \x1b[2Jfour\x01",
    `:chat.test BATCH -${reference}`,
  ]);
});

Deno.test("a client with server-time alone gets the last messages between two notices on joining", async () => {
  const [server] = await meeting();
  await using _ = server;
  const at = minuteOf(server);
  const bob = await server.register("bob", { caps: "server-time" });
  const [start, ...lines] = await linesAfterJoin(bob);
  assertEquals(start, `:chat.test NOTICE #lobby :Earlier messages, since ${at} UTC:`);
  assertEquals(lines.pop(), ":chat.test NOTICE #lobby :End of earlier messages");
  assertEquals(lines.length, 3);
  for (const line of lines) assertMatch(line, /^@time=\S+ :ada!\S+ (PRIVMSG|NOTICE) #lobby :/);
});

Deno.test("a client without server-time gets the last messages as notices that contain the time", async () => {
  const [server] = await meeting();
  await using _ = server;
  const at = minuteOf(server);
  const bob = await server.register("bob", { caps: "batch message-tags" });
  const lines = [`[${at} UTC] ada: two`, `[${at} UTC] ada: three`, `[${at} UTC] * ada [2Jfour`];
  assertEquals(
    (await linesAfterJoin(bob)).map((line) => line.replace(/^@\S+ /, "")),
    lines.map((line) => `:chat.test NOTICE #lobby :${line}`),
  );
  const guest = await server.connectPlain();
  for (const line of lines) assertEquals(await guest.next(), line);
});

Deno.test("a long message is split, and each part contains the time", async () => {
  await using server = await TestServer.start({ replay: 3 });
  const ada = await server.register("ada", { caps: "batch draft/multiline", join: "#lobby" });
  const long = "é".repeat(200);
  await ada.send("BATCH +1 draft/multiline #lobby", "@batch=1 PRIVMSG #lobby :one");
  await ada.send(`@batch=1 PRIVMSG #lobby :${long}`);
  await ada.send(`@batch=1;draft/multiline-concat PRIVMSG #lobby :${long}`, "BATCH -1");
  await ada.heard();
  const bob = await server.register("bob");
  const lines = await linesAfterJoin(bob);
  assert(lines.every((line) => new TextEncoder().encode(line).length <= 510));
  const texts = lines.map((line) =>
    /^:chat\.test NOTICE #lobby :\[\d{4}-\d\d-\d\d \d\d:\d\d UTC\] (.*)$/.exec(line)?.[1]
  );
  assertEquals(texts[0], "ada: one");
  assertEquals(texts.slice(1).join(""), `ada: ${long}${long}`);
});

Deno.test("no history is shown to clients with chathistory, to the first member, or without access", async () => {
  const [server, ada] = await meeting();
  await using _ = server;
  const bob = await server.register("bob", { caps: "server-time batch draft/chathistory" });
  assertEquals(await linesAfterJoin(bob), []);
  const eve = await server.register("eve", { caps: "server-time batch" });
  assertEquals(await linesAfterJoin(eve, "#empty"), []);
  await ada.ask("MODE #lobby +i");
  await ada.ask("INVITE eve #lobby");
  assertEquals(await linesAfterJoin(eve), []);
});

Deno.test("replay 0 shows no history", async () => {
  await using server = await TestServer.start({ replay: 0 });
  const ada = await server.register("ada", { join: "#lobby" });
  await ada.ask("PRIVMSG #lobby :one");
  const bob = await server.register("bob", { caps: "server-time batch" });
  assertEquals(await linesAfterJoin(bob), []);
});

Deno.test("a request with the tag of the page gets reactions beside messages, and nothing else", async () => {
  await using server = await TestServer.start();
  const caps = "batch draft/chathistory echo-message message-tags server-time";
  const ada = await server.register("ada", { caps, join: "#a" });
  const eve = await server.register("eve", { caps: "batch draft/chathistory", join: "#a" });
  await ada.ask("PRIVMSG #a :tea?");
  await ada.ask("TOPIC #a :tea");
  await ada.ask("@+draft/reply=1;+draft/react=👍 TAGMSG #a");
  await ada.ask("@+typing=active TAGMSG #a");
  const tagged = (request: string) => `@+chat/playback=tagmsg CHATHISTORY ${request}`;
  const lines = async (client: IrcClient, line: string) =>
    (await client.ask(line)).slice(1, -1).map((each) =>
      each.replace(/^(?:@\S+ )?:(\w+)!\S+/, "$1")
    );
  await eve.heard();
  assertEquals(await lines(ada, tagged("LATEST #a * 5")), [
    "ada PRIVMSG #a :tea?",
    "ada TAGMSG #a",
  ]);
  // The limit counts reactions, too, so that a page is as short as the client has asked for.
  assertEquals(await lines(ada, tagged("LATEST #a * 1")), ["ada TAGMSG #a"]);
  const messages = ["ada PRIVMSG #a :tea?"];
  assertEquals(await lines(ada, "@+chat/playback=all CHATHISTORY LATEST #a * 5"), messages);
  assertEquals(await lines(ada, "CHATHISTORY LATEST #a * 5"), messages);
  // A client that cannot read tags does not get a message that consists of tags.
  assertEquals((await lines(eve, tagged("LATEST #a * 5"))).length, 1);
});
