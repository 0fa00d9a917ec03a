import { assert, assertEquals, assertMatch } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { openStore } from "../../../server/store/open.ts";
import { testOptions, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const CAPS =
  "batch echo-message message-tags server-time draft/chathistory draft/message-redaction soju.im/search";

/** Registers Ada (operator of #t), Bob (with voice) and Eve, all in #t. */
async function ranks(server: TestServer): Promise<[IrcClient, IrcClient, IrcClient]> {
  const ada = await server.register("ada", { caps: CAPS, join: "#t" });
  const bob = await server.register("bob", { caps: CAPS, join: "#t" });
  const eve = await server.register("eve", { caps: CAPS, join: "#t" });
  await ada.ask("MODE #t +v bob");
  for (const client of [ada, bob, eve]) await client.heard();
  return [ada, bob, eve];
}

/** Returns the targets and texts of the messages in the answer to `line`. */
async function texts(client: IrcClient, line: string): Promise<string[]> {
  return (await client.askMessages(line)).filter(({ command }) => command === "PRIVMSG")
    .map(({ params }) => params.join(" "));
}

/** Sends a message; returns its msgid. */
async function say(client: IrcClient, line: string): Promise<string> {
  const [echo] = await client.askMessages(line);
  return echo?.tags?.get("msgid") ?? "none";
}

Deno.test("a message to several ranks reaches the members of the lowest of these ranks and above", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await ranks(server);
  assertEquals(await texts(ada, "PRIVMSG @+#t :tea?"), ["+#t tea?"]);
  assertMatch((await bob.heard()).join(), /PRIVMSG \+#t :tea\?/);
  assertEquals(await eve.heard(), []);
  await eve.ask("PRIVMSG ~&@#T :psst");
  assertMatch((await ada.heard()).join(), /PRIVMSG @#t :psst/);
  assertEquals(await bob.heard(), []);
});

Deno.test("a message to a rank is in the history that members of the rank read, in order, and in no other", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await ranks(server);
  await ada.ask("PRIVMSG #t :one");
  server.clock.advance(1);
  await ada.ask("PRIVMSG @#t :two");
  server.clock.advance(1);
  await ada.ask("PRIVMSG +#t :three");
  server.clock.advance(1);
  await ada.ask("PRIVMSG #t :four");
  for (const client of [bob, eve]) await client.heard();
  // Messages are indexed a little later.
  server.clock.advance(1000);
  const all = ["#t one", "@#t two", "+#t three", "#t four"];
  for (
    const [client, seen] of [
      [ada, all],
      [bob, all.filter((text) => !text.startsWith("@"))],
      [eve, all.filter((text) => text.startsWith("#"))],
    ] as const
  ) {
    assertEquals(await texts(client, "CHATHISTORY LATEST #t * 10"), seen);
    assertEquals(await texts(client, "CHATHISTORY LATEST #t * 2"), seen.slice(-2));
    assertEquals(
      await texts(client, "CHATHISTORY AFTER #t timestamp=1970-01-01T00:00:00.000Z 2"),
      seen.slice(0, 2),
    );
    const found = await texts(client, "SEARCH in=#t");
    assertEquals(found, seen);
  }
  assertEquals(await texts(ada, "CHATHISTORY LATEST @#t * 10"), ["@#t two"]);
  for (const client of [bob, eve]) {
    assertMatch((await client.ask("CHATHISTORY LATEST @#t * 10")).join(), /INVALID_TARGET/);
  }
});

Deno.test("a message to a rank can be redacted by its author and by operators who could read it", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await ranks(server);
  for (const target of ["@#t", "#t"]) {
    const id = await say(eve, "PRIVMSG @#t :oops");
    await ada.heard();
    await eve.send(`REDACT ${target} ${id}`);
    for (const client of [eve, ada]) {
      const [line = ""] = await client.heard();
      assert(line.endsWith(` :eve!~eve@127.0.0.1 REDACT @#t ${id}`), line);
    }
    assertEquals(await bob.heard(), []);
  }
  const id = await say(eve, "PRIVMSG @#t :spam");
  assertMatch((await bob.ask(`REDACT #t ${id}`)).join(), /UNKNOWN_MSGID/);
  assertMatch((await ada.ask(`REDACT @#t ${id}`)).join(), /REDACT @#t/);
  assertEquals(await texts(ada, "CHATHISTORY LATEST #t * 10"), []);
});

Deno.test("messages to a rank move with a renamed channel, and end with the channel", async () => {
  await using server = await TestServer.start();
  const [ada, bob, eve] = await ranks(server);
  server.clock.advance(1000);
  await ada.ask("PRIVMSG @#t :secret");
  await ada.ask("RENAME #t #u");
  assertEquals(await texts(ada, "CHATHISTORY LATEST #u * 10"), ["@#u secret"]);
  for (const client of [ada, bob, eve]) await client.ask("PART #u");
  server.clock.advance(1000);
  const zoe = await server.register("zoe", { caps: CAPS, join: "#u" });
  assertEquals(await texts(zoe, "CHATHISTORY LATEST #u * 10"), []);
  const yan = await server.register("yan", { caps: CAPS, join: "#t" });
  assertEquals(await texts(yan, "CHATHISTORY LATEST #t * 10"), []);
});

Deno.test("messages to a rank are there after a restart", async () => {
  using folder = new TempFolder();
  const overrides = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(overrides);
    const ada = await server.register("ada", { caps: CAPS });
    await ada.send("REGISTER * * sesame");
    await ada.until("REGISTER");
    await ada.ask("JOIN #t");
    server.clock.advance(1);
    await ada.ask("PRIVMSG @#t :secret");
  }
  openStore(testOptions(overrides)).close();
  await using server = await TestServer.start(overrides);
  server.clock.advance(10);
  const ada = await server.register("ada", { caps: CAPS, login: ["ada", "sesame"], join: "#t" });
  assertEquals(await texts(ada, "CHATHISTORY LATEST #t * 10"), ["@#t secret"]);
});
