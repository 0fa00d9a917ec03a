/**
 * Tests of nicks whose users may be gone: the server asks such a user, and frees the nick if no
 * answer comes.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ANSWER_MS } from "../../../server/session/sign_of_life.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { serverWithAda } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";

const IN_USE = "That nick is in use, or looks like one that is in use";
/** A time, in milliseconds, after which a client no longer counts as recently active. */
const SILENCE_MS = 4000;

/** Registers a client that has been silent for a while, and no longer answers. */
async function registerGhost(server: TestServer): Promise<IrcClient> {
  const ghost = await server.register("ada");
  ghost.isThere = false;
  server.clock.advance(SILENCE_MS);
  return ghost;
}

/** Resolves once the server has asked `ghost` for a sign of life. */
async function asked(server: TestServer, ghost: IrcClient): Promise<void> {
  const probe = await server.register("probe");
  await server.until(() => ghost.asked === 1, probe);
  await probe.send("QUIT");
  await probe.untilEnd();
}

Deno.test("a client that comes back before the server notices the end of its old connection gets the nick", async () => {
  await using server = await TestServer.start();
  const old = await server.register("ada");
  old.isThere = false;
  server.clock.advance(2000);
  const again = await server.connect();
  await again.send("NICK ada", "USER u 0 * r", "JOIN #a");
  await server.register("probe");
  server.clock.advance(500);
  await old.close();
  await again.expect("001");
  assertEquals((await again.until("JOIN")).params, ["#a"], "the lines after NICK have waited");
});

Deno.test("hundreds of clients that come back at once all get their nicks, however late the ends of their old connections are read", async () => {
  await using server = await TestServer.start();
  const nicks = Array.from({ length: 400 }, (_, i) => `n${i}`);
  const old = await Promise.all(nicks.map((nick) => server.register(nick)));
  const back = await Promise.all(nicks.map(() => server.connect()));
  await Promise.all(back.map((client, i) => client.send(`NICK n${i}`, "USER u 0 * r")));
  await server.register("probe");
  // The server reads these lines only after the time for which other clients wait for a nick.
  const closed = old.map((client) => client.close());
  server.clock.advance(1000);
  await Promise.all(closed);
  for (const client of back) await client.expect("001");
});

Deno.test("a user that does not answer a PING gives the nick up to a client that registers", async () => {
  await using server = await TestServer.start();
  const ghost = await registerGhost(server);
  const back = await server.connect();
  await back.send("NICK ada", "USER u 0 * r");
  await asked(server, ghost);
  server.clock.advance(ANSWER_MS);
  await back.expect("001");
  const last = (await ghost.untilEnd()).at(-1);
  assertEquals(last, "ERROR :Ping timeout: no answer, and another client asks for the nick");
});

Deno.test("a user that does not answer a PING gives the nick up to a user who changes theirs", async () => {
  await using server = await TestServer.start();
  const ghost = await registerGhost(server);
  const bob = await server.register("bob", { caps: "labeled-response" });
  await bob.send("@label=x NICK \u0430da");
  await asked(server, ghost);
  server.clock.advance(ANSWER_MS);
  assertEquals(await bob.next(), "@label=x :bob!~bob@127.0.0.1 NICK \u0430da");
  const eve = await server.register("eve");
  assertEquals(await eve.ask("NICK ada"), [`:chat.test 433 eve ada :${IN_USE}`], "Bob answers");
});

Deno.test("a user that sent a line a moment ago keeps the nick for some seconds more", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  ada.isThere = false;
  server.clock.advance(2000);
  const first = await server.connect();
  await first.send("NICK ada", "USER u 0 * r");
  await asked(server, ada);
  server.clock.advance(1000);
  assertEquals((await first.expect("433")).params[1], "ada");
  server.clock.advance(2000);
  await ada.untilEnd();
  await first.send("NICK ada");
  await first.expect("001");
});

Deno.test("a user that has just sent a line is asked only if it then falls silent", async () => {
  await using server = await TestServer.start();
  const [ada, bob] = [await server.register("ada"), await server.register("bob")];
  await bob.send("NICK ada", "PING waiting");
  await server.register("probe");
  server.clock.advance(1000);
  await bob.expect("433");
  assertEquals(ada.asked, 0);
  server.clock.advance(2000);
  await asked(server, ada);
  server.clock.advance(10_000);
  assertEquals((await ada.ask("PRIVMSG ada :here"))[0]?.split(" ")[1], "PRIVMSG");
});

Deno.test("a user that speaks after another user was refused the nick keeps the nick", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  ada.isThere = false;
  server.clock.advance(2000);
  const bob = await server.register("bob");
  await bob.send("NICK ada");
  await asked(server, ada);
  server.clock.advance(1000);
  await bob.expect("433");
  server.clock.advance(100);
  await ada.heard();
  server.clock.advance(10_000);
  assertEquals(await ada.heard(), []);
});

Deno.test("a connection that no longer waits for a nick does not delay the client's next connection", async () => {
  await using server = await TestServer.start();
  const ghost = await registerGhost(server);
  const first = await server.connect();
  await first.send("NICK ada", "USER u 0 * r");
  await asked(server, ghost);
  await first.close();
  const second = await server.connect();
  await second.send("NICK ada", "USER u 0 * r");
  await server.register("probe");
  server.clock.advance(ANSWER_MS);
  await second.expect("001");
});

Deno.test("a client whose lines wait for the rate limit loses the nick once it has ended", async () => {
  await using server = await TestServer.start({
    limits: { commandsPerSecond: 1, commandBurst: 10 },
  });
  const ada = await server.register("ada");
  ada.isThere = false;
  await ada.send(...Array.from({ length: 50 }, () => "PRIVMSG ada :x"));
  for (let i = 0; i < 5; i++) await ada.expect("PRIVMSG");
  const back = await server.connect();
  await back.send("NICK ada", "USER u 0 * r");
  await asked(server, ada);
  await ada.close();
  server.clock.advance(100);
  await back.expect("001");
});

Deno.test("a client whose lines wait for the rate limit keeps the nick if its answer waits, too", async () => {
  await using server = await TestServer.start({
    limits: { commandsPerSecond: 1, commandBurst: 10 },
  });
  const ada = await server.register("ada");
  await ada.send(...Array.from({ length: 50 }, () => "PRIVMSG ada :x"));
  for (let i = 0; i < 5; i++) await ada.expect("PRIVMSG");
  const bob = await server.connect();
  await bob.send("NICK ada", "USER u 0 * r");
  await asked(server, ada);
  server.clock.advance(100);
  assertEquals((await bob.expect("433")).params[1], "ada");
});

Deno.test("a client that comes back under another nick takes its own from a dead connection by IDENTIFY", async () => {
  await using server = await serverWithAda();
  const ghost = await server.register("ada", { login: ["ada", "sesame"] });
  ghost.isThere = false;
  const back = await server.connect();
  await back.send("NICK ada", "USER u 0 * r");
  await back.until("433");
  await back.send("NICK ada_");
  await back.heard();
  await back.send("PRIVMSG NickServ :IDENTIFY ada sesame");
  await asked(server, ghost);
  server.clock.advance(ANSWER_MS);
  assertEquals(await back.until("NICK").then(({ params }) => params), ["ada"]);
  await ghost.untilEnd();
});

Deno.test("a client that has logged in under another nick takes its own from a dead connection by NICK", async () => {
  await using server = await serverWithAda();
  const ghost = await server.register("ada", { login: ["ada", "sesame"] });
  ghost.isThere = false;
  const back = await server.register("ada_", { login: ["ada", "sesame"] });
  await back.send("NICK ada");
  await asked(server, ghost);
  server.clock.advance(ANSWER_MS);
  assertEquals((await back.until("NICK")).params, ["ada"]);
  await ghost.untilEnd();
});

Deno.test("IDENTIFY takes no nick from another connection of the account that answers", async () => {
  await using server = await serverWithAda();
  const desk = await server.register("ada", { login: ["ada", "sesame"] });
  const phone = await server.connect();
  await phone.send("NICK ada", "USER u 0 * r");
  await phone.until("433");
  await phone.send("NICK ada_");
  await phone.heard();
  await phone.send("PRIVMSG NickServ :IDENTIFY ada sesame");
  await phone.until("NOTICE");
  const [, text = ""] = (await phone.until("NOTICE")).params;
  assertStringIncludes(text, "/msg NickServ REGAIN ada");
  assertEquals(await desk.heard(), []);
});

Deno.test("a user who stays while offline is not asked, and keeps the nick", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"], join: "#a" });
  await ada.ask("PRIVMSG NickServ :STAY on");
  await ada.ask("NICK eda");
  await ada.send("QUIT");
  await ada.untilEnd();
  const bob = await server.register("bob");
  assertEquals(await bob.ask("NICK eda"), [`:chat.test 433 bob eda :${IN_USE}`]);
  await bob.ask("PRIVMSG NickServ :GHOST eda");
  server.staying = 1;
});
