/**
 * Tests of the messages that users are shown when they join: users see each message once, and bots
 * see none.
 */

import { assert, assertEquals } from "@std/assert";
import { SEEN_MS } from "../../../server/core/seen.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestServer } from "../../support/server.ts";

const CAPS = "server-time batch";
const LOGIN = ["bob", "sesame"] as const;

/** Starts a server with Ada in `#a`, who can speak there. */
async function serverWithAda(): Promise<[TestServer, IrcClient]> {
  const server = await TestServer.start({ replay: 20 });
  return [server, await server.register("ada", { join: "#a" })];
}

/** Joins `#a`; resolves to the texts that are replayed. */
async function replayed(client: IrcClient): Promise<string[]> {
  return textsIn(await client.ask("JOIN #a"));
}

function textsIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => / PRIVMSG #a :(.*)$/.exec(line)?.[1] ?? []);
}

/** Disconnects `client`; resolves once Ada, the only other client, has seen it. */
async function leave(server: TestServer, client: IrcClient, ada: IrcClient): Promise<void> {
  await client.close();
  await server.until(() => server.server.counts.connections === 1, ada);
}

Deno.test("a user who comes back within minutes is shown only the messages that they missed", async () => {
  const [server, ada] = await serverWithAda();
  await using _ = server;
  await ada.ask("PRIVMSG #a :one");
  const bob = await server.register("bob", { caps: CAPS });
  assertEquals(await replayed(bob), ["one"]);
  await ada.ask("PRIVMSG #a :two");
  await bob.ask("PART #a");
  assertEquals(await replayed(bob), [], "after PART");
  await leave(server, bob, ada);
  await ada.ask("PRIVMSG #a :three");
  const again = await server.register("BOB", { caps: CAPS });
  assertEquals(await replayed(again), ["three"], "after a broken connection");
  await ada.ask("KICK #a bob");
  await ada.ask("PRIVMSG #a :four");
  assertEquals(await replayed(again), ["four"], "after KICK");
  const zoe = await server.register("zoe", { caps: CAPS });
  assertEquals(await replayed(zoe), ["one", "two", "three", "four"], "another user");
  await zoe.close();
  await leave(server, again, ada);
  server.clock.advance(SEEN_MS);
  const late = await server.register("bob", { caps: CAPS });
  assertEquals(await replayed(late), ["one", "two", "three", "four"], "after a long time");
});

Deno.test("an account is recognized under any nick, and a further client of it is shown everything", async () => {
  const [server, ada] = await serverWithAda();
  await using _ = server;
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  await bob.ask("REGISTER * * sesame");
  await ada.ask("PRIVMSG #a :one");
  const phone = await server.connect();
  const shown = await phone.introduce({ nick: "bob", caps: CAPS, login: LOGIN });
  assertEquals(textsIn(shown), ["one"]);
  await phone.close();
  await leave(server, bob, ada);
  await ada.ask("PRIVMSG #a :two");
  const again = await server.register("robert", { caps: CAPS, login: LOGIN });
  assertEquals(await replayed(again), ["two"]);
});

Deno.test("a client that did not answer PING is shown messages that it may not have received", async () => {
  await using server = await TestServer.start({ replay: 20, limits: { pingSeconds: 60 } });
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  await ada.ask("PRIVMSG #a :one");
  server.clock.advance(1000);
  await bob.heard();
  server.clock.advance(1000);
  await ada.ask("PRIVMSG #a :two");
  for (let second = 0; second < 120; second += 10) {
    await ada.heard();
    server.clock.advance(10_000);
  }
  await server.until(() => server.server.counts.users === 1, ada);
  const again = await server.register("bob", { caps: CAPS });
  assertEquals(await replayed(again), ["two"]);
});

Deno.test("a user who comes back after a restart of the server is shown nothing twice", async () => {
  using folder = new TempFolder();
  const options = { replay: 20, memory: false, data: folder.path };
  {
    await using server = await TestServer.start(options);
    const ada = await server.register("ada", { join: "#a" });
    const bob = await server.register("bob", { caps: CAPS, join: "#a" });
    await ada.ask("PRIVMSG #a :one");
    await bob.heard();
    // The server ends here, while Bob is connected.
    server.server.close();
  }
  await using server = await TestServer.start(options);
  const zoe = await server.register("zoe", { caps: CAPS });
  assertEquals(await replayed(zoe), ["one"]);
  await zoe.ask("PRIVMSG #a :two");
  const bob = await server.register("bob", { caps: CAPS });
  assertEquals(await replayed(bob), ["two"]);
  await leave(server, bob, zoe);
  await zoe.ask("PART #a");
  server.clock.advance(SEEN_MS + 2000);
  server.store.commit();
  assertEquals([...server.store.records("seen")].length, 0, "records are not kept for ever");
});

Deno.test("a user who comes back after a crash of the server is shown nothing twice", async () => {
  using folder = new TempFolder();
  using crashed = new TempFolder();
  await using server = await TestServer.start({ memory: false, data: folder.path });
  const ada = await server.register("ada", { join: "#a,#b" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a,#b" });
  const zoe = await server.register("zoe", { join: "#a" });
  await ada.ask("PRIVMSG #a :one");
  await bob.ask("PART #b");
  await bob.ask("NICK robert");
  await zoe.ask("QUIT").catch(() => {});
  await server.until(() => server.server.counts.users === 2, ada);
  server.clock.advance(2000);
  await ada.ask("PRIVMSG #a :two");
  await ada.ask("PRIVMSG #b :three");
  await bob.heard();
  // The files are in the state that a kill of the server would leave now.
  for (const { name, isFile } of Deno.readDirSync(folder.path)) {
    if (isFile) Deno.copyFileSync(`${folder.path}/${name}`, `${crashed.path}/${name}`);
  }
  await using next = await TestServer.start({ replay: 20, memory: false, data: crashed.path });
  const first = await next.register("ada", { join: "#a,#b" });
  await first.ask("PRIVMSG #a :four");
  const robert = await next.register("robert", { caps: CAPS });
  assertEquals(await replayed(robert), ["four"]);
  const inB = await robert.ask("JOIN #b");
  assert(
    inB.some((line) => line.endsWith("PRIVMSG #b :three")),
    "what was said after PART is shown",
  );
  const late = await next.register("zoe", { caps: CAPS });
  assertEquals(await replayed(late), ["two", "four"], "what was said after QUIT is shown");
  const other = await next.register("bob", { caps: CAPS });
  assertEquals(await replayed(other), ["one", "two", "four"], "nothing is known of the old nick");
});

Deno.test("nothing is replayed to a bot: a user with mode B, which the mark of an account also sets", async () => {
  const [server, ada] = await serverWithAda();
  await using _ = server;
  await ada.ask("PRIVMSG #a :!reboot");
  const bot = await server.register("bot", { caps: CAPS });
  await bot.ask("MODE bot +B");
  assertEquals(await replayed(bot), []);
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * sesame");
  const source = ":NickServ!service@chat.test NOTICE bob";
  assertEquals(await bob.ask("PRIVMSG NickServ :BOT on"), [
    ":bob!~bob@127.0.0.1 MODE bob +B",
    `${source} :Your account is now marked as a bot: it gets no earlier messages when it joins a room.`,
  ]);
  await bob.ask("QUIT").catch(() => {});
  const again = await server.register("bob", { caps: CAPS, login: LOGIN });
  assertEquals((await again.ask("MODE bob"))[0], ":chat.test 221 bob +B");
  assertEquals(await replayed(again), []);
});

Deno.test("a room limits what is replayed there with mode H, and 0 shows nothing", async () => {
  const [server, ada] = await serverWithAda();
  await using _ = server;
  for (const text of ["one", "two"]) await ada.ask(`PRIVMSG #a :${text}`);
  assertEquals(await ada.ask("MODE #a +H x"), [
    ":chat.test 696 ada #a H x :The number of messages to show must be from 0 to 999",
  ]);
  assertEquals(await ada.ask("MODE #a +H 1"), [":ada!~ada@127.0.0.1 MODE #a +H 1"]);
  const bob = await server.register("bob", { caps: CAPS });
  assertEquals(await replayed(bob), ["two"]);
  await ada.ask("MODE #a +H 0");
  const zoe = await server.register("zoe", { caps: CAPS });
  assertEquals(await replayed(zoe), []);
  await ada.ask("MODE #a -H");
  const eve = await server.register("eve", { caps: CAPS });
  assertEquals(await replayed(eve), ["one", "two"]);
});

for (const caps of [CAPS, ""]) {
  Deno.test(`long messages are replayed as far as the send queue can take them: ${caps || "as text"}`, async () => {
    const limits = { sendQueueBytes: 64 * 1024 };
    await using server = await TestServer.start({ replay: 100, limits });
    const ada = await server.register("ada", { join: "#a", caps: "batch draft/multiline" });
    for (let count = 1; count <= 40; count++) {
      const lines = ["the first line", ...Array<string>(9).fill("x".repeat(400))];
      await ada.send("BATCH +r draft/multiline #a");
      await ada.send(...lines.map((line) => `@batch=r PRIVMSG #a :${line}`));
      await ada.ask("BATCH -r");
    }
    await ada.ask("PRIVMSG #a :the last message");
    const bob = await server.register("bob", { caps });
    const shown = await bob.ask("JOIN #a");
    const count = shown.filter((line) => line.endsWith("the first line")).length;
    assert(count >= 2 && count <= 4, `${count} long messages are shown`);
    assert(shown.some((line) => line.endsWith("the last message")));
  });
}

Deno.test("RENAME shows no messages again to clients that do not know it", async () => {
  const [server, ada] = await serverWithAda();
  await using _ = server;
  await ada.ask("PRIVMSG #a :one");
  const bob = await server.register("bob", { caps: CAPS });
  assertEquals(await replayed(bob), ["one"]);
  await leave(server, bob, ada);
  const zoe = await server.register("zoe", { caps: CAPS, join: "#a" });
  await zoe.heard();
  await ada.ask("RENAME #a #b");
  assertEquals((await zoe.heard()).filter((line) => line.includes("PRIVMSG")), []);
  const again = await server.register("bob", { caps: CAPS });
  assertEquals((await again.ask("JOIN #b")).filter((line) => line.includes("PRIVMSG")), []);
});

Deno.test("a client that is shown its user's rooms gets no message id that the history does not have", async () => {
  const [server] = await serverWithAda();
  await using _ = server;
  const caps = "message-tags";
  const first = await server.register("bob", { caps });
  await first.ask("REGISTER * * sesame");
  await first.ask("JOIN #a");
  const second = await server.connect();
  const shown = await second.introduce({ nick: "bob", caps, login: LOGIN });
  assertEquals(shown.filter((line) => line.includes(" JOIN ")), [":bob!~bob@127.0.0.1 JOIN #a"]);
});
