import { assert, assertEquals, assertMatch } from "@std/assert";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

/** A server that shows three lines, where ada has said four in `#lobby` and done something else. */
async function meeting(): Promise<[TestServer, IrcClient]> {
  const server = new TestServer({ replay: 3, plainPort: 0 });
  const ada = await server.register("ada", { caps: "message-tags", join: "#lobby" });
  await ada.ask("PRIVMSG #lobby :one");
  await ada.ask("PRIVMSG #lobby :two");
  await ada.ask("TOPIC #lobby :tea");
  await ada.ask("NOTICE #lobby :three");
  await ada.ask("@+x=y TAGMSG #lobby");
  await ada.ask("PRIVMSG #lobby :\x01ACTION \x1b[2Jfour\x01");
  return [server, ada];
}

/** The minute that it is at `server`, in UTC. */
function minuteOf(server: TestServer): string {
  return new Date(server.clock.now()).toISOString().slice(0, 16).replace("T", " ");
}

/** What `client` is shown on joining, behind the names. */
async function shown(client: IrcClient, room = "#lobby"): Promise<string[]> {
  const lines = await client.ask(`JOIN ${room}`);
  return lines.slice(lines.findIndex((line) => line.includes(" 366 ")) + 1);
}

Deno.test("who joins with server-time and batch is shown what was said last, as a batch", async () => {
  const [server] = await meeting();
  await using _ = server;
  const bob = await server.register("bob", { caps: "server-time batch message-tags" });
  const [start = "", one = "", ...rest] = await shown(bob);
  const [, reference] = /^:chat\.test BATCH \+(\S+) chathistory #lobby$/.exec(start) ?? [];
  assertMatch(one, /^@time=\S+;msgid=\w+;batch=\S+ :ada!\S+ PRIVMSG #lobby :two$/);
  assertEquals(rest.map((line) => line.replace(/^@\S+ :(\w+)\S+/, "$1")), [
    "ada NOTICE #lobby :three",
    "ada PRIVMSG #lobby :\x01ACTION \x1b[2Jfour\x01",
    `:chat.test BATCH -${reference}`,
  ]);
});

Deno.test("who joins with server-time alone is shown it with its time, and where it ends", async () => {
  const [server] = await meeting();
  await using _ = server;
  const at = minuteOf(server);
  const bob = await server.register("bob", { caps: "server-time" });
  const [start, ...lines] = await shown(bob);
  assertEquals(start, `:chat.test NOTICE #lobby :Said here before, since ${at} UTC:`);
  assertEquals(lines.pop(), ":chat.test NOTICE #lobby :End of what was said here before");
  assertEquals(lines.length, 3);
  for (const line of lines) assertMatch(line, /^@time=\S+ :ada!\S+ (PRIVMSG|NOTICE) #lobby :/);
});

Deno.test("who joins with neither is shown it as text that says when it was said", async () => {
  const [server] = await meeting();
  await using _ = server;
  const at = minuteOf(server);
  const bob = await server.register("bob", { caps: "batch message-tags" });
  const lines = [`[${at} UTC] ada: two`, `[${at} UTC] ada: three`, `[${at} UTC] * ada [2Jfour`];
  assertEquals(
    (await shown(bob)).map((line) => line.replace(/^@\S+ /, "")),
    lines.map((line) => `:chat.test NOTICE #lobby :${line}`),
  );
  const guest = await server.connect(server.plainPort);
  for (const line of lines) assertEquals(await guest.next(), line);
});

Deno.test("long text is split, and each part says when it was said", async () => {
  await using server = new TestServer({ replay: 3 });
  const ada = await server.register("ada", { caps: "batch draft/multiline", join: "#lobby" });
  const long = "é".repeat(200);
  await ada.send("BATCH +1 draft/multiline #lobby", "@batch=1 PRIVMSG #lobby :one");
  await ada.send(`@batch=1 PRIVMSG #lobby :${long}`);
  await ada.send(`@batch=1;draft/multiline-concat PRIVMSG #lobby :${long}`, "BATCH -1");
  await ada.heard();
  const bob = await server.register("bob");
  const lines = await shown(bob);
  assert(lines.every((line) => new TextEncoder().encode(line).length <= 510));
  const texts = lines.map((line) =>
    /^:chat\.test NOTICE #lobby :\[\d{4}-\d\d-\d\d \d\d:\d\d UTC\] (.*)$/.exec(line)?.[1]
  );
  assertEquals(texts[0], "ada: one");
  assertEquals(texts.slice(1).join(""), `ada: ${long}${long}`);
});

Deno.test("nothing is shown to who asks by themselves, comes first, or may not read it", async () => {
  const [server, ada] = await meeting();
  await using _ = server;
  const bob = await server.register("bob", { caps: "server-time batch draft/chathistory" });
  assertEquals(await shown(bob), []);
  const eve = await server.register("eve", { caps: "server-time batch" });
  assertEquals(await shown(eve, "#empty"), []);
  await ada.ask("MODE #lobby +i");
  await ada.ask("INVITE eve #lobby");
  assertEquals(await shown(eve), []);
});

Deno.test("a server can be told to show nothing", async () => {
  await using server = new TestServer({ replay: 0 });
  const ada = await server.register("ada", { join: "#lobby" });
  await ada.ask("PRIVMSG #lobby :one");
  const bob = await server.register("bob", { caps: "server-time batch" });
  assertEquals(await shown(bob), []);
});
