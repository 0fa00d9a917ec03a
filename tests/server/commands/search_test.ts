import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../../protocol.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { HeldTurns } from "../../support/held_turns.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { TestServer } from "../../support/server.ts";

// https://soju.im/ext/search

const CAPS = "batch draft/message-redaction echo-message message-tags server-time soju.im/search";

/** Sends SEARCH; returns the messages found, as sender, target and text. */
async function found(client: IrcClient, attributes: string): Promise<string[]> {
  const [start, ...inner] = await client.ask(`SEARCH :${attributes}`);
  const reference = /^:chat\.test BATCH \+(\S+) soju\.im\/search$/.exec(start ?? "")?.[1];
  assertEquals(inner.pop(), `:chat.test BATCH -${reference}`, start);
  return inner.map((line) => {
    const { tags, source, params } = parse(line) ?? {};
    assertEquals(tags?.get("batch"), reference);
    return `${source?.split("!")[0]} in ${params?.[0]}: ${params?.[1]}`;
  });
}

/** Registers Ada and Bob, who send messages to `#a`, `#b` and each other, one a second. */
async function exchangeMessages(server: TestServer): Promise<[ada: IrcClient, bob: IrcClient]> {
  const ada = await server.register("ada", { caps: CAPS, join: "#a,#b" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  const SAID: readonly (readonly [client: IrcClient, line: string])[] = [
    [ada, "PRIVMSG #a :Tea at five"],
    [bob, "NOTICE #a :No tea for me; coffee"],
    [ada, "PRIVMSG #b :tea leaves"],
    [ada, "PRIVMSG bob :secret tea"],
    [ada, "@+x=tea TAGMSG #a"],
    [ada, "TOPIC #a :tea"],
  ];
  for (const [client, line] of SAID) {
    server.clock.advance(1000);
    await client.ask(line);
  }
  return [ada, bob];
}

Deno.test("SEARCH finds messages by text, sender, target and time, and only those the user may read", async () => {
  await using server = await TestServer.start();
  const start = server.clock.now();
  const [ada, bob] = await exchangeMessages(server);
  const eve = await server.register("eve", { caps: CAPS });
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  const five = "ada in #a: Tea at five";
  const none = "bob in #a: No tea for me; coffee";
  const leaves = "ada in #b: tea leaves";
  const secret = "ada in bob: secret tea";
  const SEARCHES: readonly (readonly [IrcClient, attributes: string, found: readonly string[]])[] =
    [
      [ada, "text=tea", [five, none, leaves, secret]],
      [bob, "text=tea", [five, none, secret]],
      [eve, "text=tea", []],
      [ada, "text=TEA;in=#A", [five, none]],
      [ada, "text=tea;in=bob", [secret]],
      [ada, "text=tea at", [five]],
      [ada, "text=tea\\sat", [five]],
      [ada, "text=coffee;from=BOB", [none]],
      [ada, "from=bob", [none]],
      [ada, "from=ada_", []],
      [ada, "text=\\:;in=#a", []],
      [ada, "text=tea;limit=2", [leaves, secret]],
      [ada, `text=tea;limit=2;after=${at(1)}`, [five, none]],
      [ada, `text=tea;after=${at(2)};before=${at(3)}`, [none, leaves]],
      [ada, `text=tea;before=${at(1)}`, [five]],
      [ada, "in=#b", [leaves]],
      [ada, "text=water", []],
    ];
  for (const [client, attributes, expected] of SEARCHES) {
    assertEquals(await found(client, attributes), expected, attributes);
  }
});

Deno.test("in an invite-only channel, SEARCH finds only messages since the user joined", async () => {
  await using server = await TestServer.start();
  const [ada] = await exchangeMessages(server);
  const eve = await server.register("eve", { caps: CAPS });
  await ada.ask("MODE #a +i");
  await ada.ask("INVITE eve #a");
  await eve.ask("JOIN #a");
  await ada.ask("PRIVMSG #a :more tea");
  assertEquals(await found(eve, "text=tea"), ["ada in #a: more tea"]);
  assertEquals(await found(eve, "text=tea;in=#a"), ["ada in #a: more tea"]);
});

Deno.test("SEARCH does not find redacted messages, and does find those of a renamed channel", async () => {
  await using server = await TestServer.start();
  const [ada] = await exchangeMessages(server);
  const [echo = ""] = await ada.ask("PRIVMSG #b :tea, oops");
  assertEquals((await found(ada, "text=oops")).length, 1);
  await ada.ask(`REDACT #b ${parse(echo)?.tags?.get("msgid")}`);
  assertEquals(await found(ada, "text=oops"), []);
  await ada.ask("RENAME #b #c");
  assertEquals(await found(ada, "text=leaves"), ["ada in #c: tea leaves"]);
});

Deno.test("SEARCH with wrong attributes gets FAIL with the error", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const WRONG: readonly (readonly [attributes: string, answer: string])[] = [
    ["in=#none", "in :There is no such channel or nick, or you are not in that channel"],
    ["after=soon", "after :A time must look like 2019-01-04T14:33:26.123Z"],
    ["before=timestamp", "before :A time must look like 2019-01-04T14:33:26.123Z"],
    ["limit=0", "limit :The limit must be a number above 0"],
    ["limit=many", "limit :The limit must be a number above 0"],
    [
      "regex=.*",
      "regex :The attribute is unknown: it must be one of in, from, after, before, text, limit",
    ],
    ["text=two words", "* :If a search contains a space, put a colon before it"],
  ];
  for (const [attributes, answer] of WRONG) {
    assertEquals(await ada.ask(`SEARCH ${attributes}`), [
      `:chat.test FAIL SEARCH INVALID_PARAMS ${answer}`,
    ], attributes);
  }
  const bob = await server.register("bob");
  assertEquals(await bob.ask("SEARCH text=tea"), [":chat.test 421 bob SEARCH :Unknown command"]);
});

Deno.test("a SEARCH that has not read all messages gives the time from which to continue", async () => {
  const store = new SqliteStore(":memory:", { durable: false, partMessages: 1 });
  await using server = await TestServer.start({}, { store });
  const ada = await server.register("ada", { caps: `${CAPS} standard-replies`, join: "#a" });
  await ada.ask("PRIVMSG #a :needle");
  for (let index = 0; index < 110; index++) {
    server.clock.advance(1000);
    await ada.ask(`PRIVMSG #a :tea ${index}`);
    // Reading first writes the waiting messages, so each message is in a part of its own.
    assertEquals(await found(ada, `text=${index};limit=1`), [`ada in #a: tea ${index}`]);
  }
  const answer = await ada.ask("SEARCH text=needle");
  const note = parse(answer.at(-1) ?? "");
  assertEquals(note?.params.slice(0, 2), ["SEARCH", "SEARCH_CUT"]);
  const rest = note?.params[2] ?? "";
  assertMatch(rest, /^before=\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assertEquals(await found(ada, `text=needle;${rest}`), ["ada in #a: needle"]);
});

Deno.test("a SEARCH that waits for its client does not find what was said after the user had to leave", async () => {
  const turns = new HeldTurns();
  await using server = await TestServer.start({}, { budgets: turns.budgets });
  const ada = await server.register("ada", { join: "#a" });
  const eve = await server.register("eve", { caps: CAPS, join: "#a" });
  // The search first indexes these messages, which takes more than one slice.
  const words = "so many words that the index needs some time for them ".repeat(6);
  for (let count = 0; count < 3000; count++) await ada.send(`PRIVMSG #a :${count} ${words}`);
  await ada.heard();
  await eve.heard();
  turns.isHeld = () => true;
  await eve.send("SEARCH :in=#a;text=secret");
  await ada.heard();
  await ada.ask("KICK #a eve");
  await ada.ask("PRIVMSG #a :the secret");
  // The server stores it within a second.
  for (let tenth = 0; tenth < 10; tenth++) server.clock.advance(100);
  turns.release();
  const lines = await eve.heard();
  assertMatch(lines.join("\n"), / KICK #a eve .*\n.* BATCH \+r0 soju\.im\/search\n.* BATCH -r0$/);
});
