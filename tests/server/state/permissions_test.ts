import { assert, assertEquals } from "@std/assert";
import { ACCEPT_LIMIT } from "../../../server/state/mutable_state.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";

/** Registers Ada, the operator of #a, and Bob outside of it. */
async function adaInsideBobOutside(
  server: TestServer,
): Promise<{ ada: IrcClient; bob: IrcClient }> {
  const ada = await server.register("ada", { join: "#a" });
  return { ada, bob: await server.register("bob") };
}

Deno.test("a user with a ban exception (+e) joins and speaks despite the ban", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await adaInsideBobOutside(server);
  await ada.ask("MODE #a +b b*!*@*");
  assertEquals(await bob.ask("JOIN #a"), [
    ":chat.test 474 bob #a :Cannot join channel (+b) - you are banned",
  ]);
  await ada.ask("MODE #a +e *!~BOB@*");
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
  assertEquals(await bob.ask("PRIVMSG #a :hello"), []);
  await ada.ask("MODE #a -e *!~bob@*");
  assertEquals(await bob.ask("PRIVMSG #a :hello"), [
    ":chat.test 404 bob #a :You are banned or muted in this channel (+b)",
  ]);
});

Deno.test("a user with an invite exception (+I) needs no invitation, but still the key", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await adaInsideBobOutside(server);
  await ada.ask("MODE #a +ik key");
  await ada.ask("MODE #a +I bob");
  assertEquals(await bob.ask("JOIN #a"), [
    ":chat.test 475 bob #a :Cannot join channel (+k) - bad key",
  ]);
  assertEquals((await bob.ask("JOIN #a key"))[0], `:${BOB} JOIN #a`);
  await ada.ask("MODE #a -I bob");
  assertEquals(await bob.ask("PART #a"), [`:${BOB} PART :#a`]);
  assertEquals(await bob.ask("JOIN #a key"), [
    ":chat.test 473 bob #a :Cannot join channel (+i) - you must be invited",
  ]);
});

Deno.test("a banned user cannot join, even with an invitation or an invite exception", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await adaInsideBobOutside(server);
  await ada.ask("MODE #a +ib bob");
  const banned = [":chat.test 474 bob #a :Cannot join channel (+b) - you are banned"];
  await ada.ask("INVITE bob #a");
  await bob.heard();
  assertEquals(await bob.ask("JOIN #a"), banned);
  await ada.ask("MODE #a -i+I bob");
  assertEquals(await bob.ask("JOIN #a"), banned);
});

Deno.test("a muted user joins, and speaks only with voice or an exception", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await adaInsideBobOutside(server);
  assertEquals(await ada.ask("MODE #a +b m:BOB"), [`:${ADA} MODE #a +b m:BOB!*@*`]);
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
  const muted = [":chat.test 404 bob #a :You are banned or muted in this channel (+b)"];
  const table: readonly [change: string, answer: string[]][] = [
    ["+v bob", []],
    ["-v bob", muted],
    ["+e m:bob", []],
    ["-e m:bob", muted],
    ["+e bob", []],
    ["-e bob", muted],
    ["-b m:bob", []],
  ];
  for (const [change, answer] of table) {
    await ada.ask(`MODE #a ${change}`);
    await bob.heard();
    assertEquals(await bob.ask("PRIVMSG #a :hello"), answer, change);
  }
});

Deno.test("an exception from a mute is not one from a ban", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await adaInsideBobOutside(server);
  await ada.ask("MODE #a +be bob m:bob");
  assertEquals(await bob.ask("JOIN #a"), [
    ":chat.test 474 bob #a :Cannot join channel (+b) - you are banned",
  ]);
});

Deno.test("a channel with +C blocks CTCP other than ACTION, and one with +c blocks colors", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await adaInsideBobOutside(server);
  await bob.ask("JOIN #a");
  const texts = [
    "\x01ACTION waves\x01",
    "\x01action waves",
    "\x01PING 1\x01",
    "\x01",
    "\x034red",
    "\x04ff0000red",
  ];
  const refusals: readonly [modes: string, refused: readonly string[], reason: string][] = [
    ["-Cc", [], ""],
    [
      "+C",
      ["\x01PING 1\x01", "\x01"],
      "CTCP other than ACTION is not allowed in this channel (+C)",
    ],
    ["-C+c", ["\x034red", "\x04ff0000red"], "Colors are not allowed in this channel (+c)"],
  ];
  for (const [modes, refused, reason] of refusals) {
    await ada.ask(`MODE #a ${modes}`);
    await bob.heard();
    for (const [client, nick, other] of [[ada, "ada", bob], [bob, "bob", ada]] as const) {
      for (const text of texts) {
        const answer = refused.includes(text) ? [`:chat.test 404 ${nick} #a :${reason}`] : [];
        assertEquals(await client.ask(`PRIVMSG #a :${text}`), answer, text);
        assertEquals(await client.ask(`NOTICE #a :${text}`), [], text);
        assertEquals((await other.heard()).length, refused.includes(text) ? 0 : 2, text);
      }
    }
  }
});

Deno.test("each list of masks has numerics of its own", async () => {
  await using server = await TestServer.start();
  const { ada } = await adaInsideBobOutside(server);
  const table: readonly [letter: string, entry: string, end: string, called: string][] = [
    ["b", "367", "368", "channel ban list"],
    ["e", "348", "349", "channel exception list"],
    ["I", "346", "347", "channel invite exception list"],
  ];
  for (const [letter, entry, end, called] of table) {
    assertEquals(await ada.ask(`MODE #a +${letter} x`), [`:${ADA} MODE #a +${letter} x!*@*`]);
    assertEquals(await ada.ask(`MODE #a ${letter}`), [
      `:chat.test ${entry} ada #a x!*@* ${ADA} 1767225600`,
      `:chat.test ${end} ada #a :End of ${called}`,
    ]);
  }
});

Deno.test("005 has the lists of masks and their limits", async () => {
  await using server = await TestServer.start();
  const client = await server.connect();
  const told = (await client.introduce({})).join(" ").split(" ");
  for (const token of ["EXCEPTS=e", "EXTBAN=,am", "INVEX=I", "MAXLIST=b:100,e:100,I:100"]) {
    assert(told.includes(token), token);
  }
});

/** Registers Bob, with an account, and Eve, without one. */
async function bobAndEve(server: TestServer): Promise<{ bob: IrcClient; eve: IrcClient }> {
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * sesame");
  return { bob, eve: await server.register("eve") };
}

Deno.test("an account mask matches users by their account, under any nick", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const { bob, eve } = await bobAndEve(server);
  await bob.ask("NICK robert");
  assertEquals(await ada.ask("MODE #a +b a:B?b"), [`:${ADA} MODE #a +b a:B?b`]);
  assertEquals(await bob.ask("JOIN #a"), [
    ":chat.test 474 robert #a :Cannot join channel (+b) - you are banned",
  ]);
  assertEquals((await eve.ask("JOIN #a"))[0], ":eve!~eve@127.0.0.1 JOIN #a");
  await eve.ask("PART #a");
  // The reverse: every user except those of that account is banned.
  await ada.ask("MODE #a -b+ibe a:B?b *!*@* a:bob");
  await ada.ask("MODE #a +I a:bob");
  assertEquals((await eve.ask("JOIN #a"))[0]?.split(" ")[1], "473");
  assertEquals((await bob.ask("JOIN #a"))[0], ":robert!~bob@127.0.0.1 JOIN #a");
  assertEquals(await bob.ask("PRIVMSG #a :hello"), []);
  await ada.ask("MODE #a +b-e m:a:bob a:bob");
  await ada.ask("MODE #a -b *!*@*");
  assertEquals((await bob.ask("PRIVMSG #a :hello"))[0]?.split(" ")[1], "404");
});

Deno.test("005 has the tokens of account bans", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const tokens = (await ada.introduce({})).flatMap((line) => line.split(" "));
  assert(tokens.includes("ACCOUNTEXTBAN=a") && tokens.includes("EXTBAN=,am"));
});

Deno.test("a channel with +R admits logged-in users, and others by invitation", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const { bob, eve } = await bobAndEve(server);
  await ada.ask("MODE #a +R");
  assertEquals(await eve.ask("JOIN #a"), [
    ":chat.test 477 eve #a :Cannot join channel (+R) - log in first",
  ]);
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
  await ada.ask("INVITE eve #a");
  await eve.heard();
  assertEquals((await eve.ask("JOIN #a"))[0], ":eve!~eve@127.0.0.1 JOIN #a");
  assertEquals(await eve.ask("PRIVMSG #a :hello"), [
    ":chat.test 404 eve #a :Only logged-in users can speak in this channel (+R)",
  ]);
});

Deno.test("in a channel with +M, a user who is not logged in needs voice to speak", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const { bob, eve } = await bobAndEve(server);
  await ada.ask("MODE #a +M");
  for (const client of [bob, eve]) await client.ask("JOIN #a");
  assertEquals(await bob.ask("PRIVMSG #a :hello"), []);
  assertEquals(await eve.ask("PRIVMSG #a :hello"), [
    ":chat.test 404 eve #a :Only logged-in users can speak in this channel (+M)",
  ]);
  await ada.ask("MODE #a +v eve");
  assertEquals(await eve.ask("PRIVMSG #a :hello"), []);
});

Deno.test("user mode +R accepts private messages from logged-in users only", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const { bob, eve } = await bobAndEve(server);
  assertEquals(await ada.ask("MODE ada +R"), [`:${ADA} MODE ada +R`]);
  assertEquals(await eve.ask("PRIVMSG ada :hello"), [
    ":chat.test 477 eve ada :That user accepts private messages from logged-in users only (+R)",
  ]);
  assertEquals(await eve.ask("NOTICE ada :hello"), []);
  assertEquals(await ada.heard(), []);
  assertEquals(await ada.ask("PRIVMSG ada :note"), [`:${ADA} PRIVMSG ada :note`]);
  await bob.ask("PRIVMSG ada :hello");
  assertEquals(await ada.heard(), [`:${BOB} PRIVMSG ada :hello`]);
});

Deno.test("user mode +R also accepts messages from users on the ACCEPT list, and from users whom the user has written to", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const { eve } = await bobAndEve(server);
  await ada.ask("MODE ada +R");
  assertEquals(await ada.ask("ACCEPT eve,nobody"), [
    ":chat.test 401 ada nobody :No such nick or channel",
  ]);
  assertEquals(await ada.ask("ACCEPT"), [
    ":chat.test 281 ada eve",
    ":chat.test 282 ada :End of ACCEPT list",
  ]);
  assertEquals(await eve.ask("PRIVMSG ada :hello"), []);
  assertEquals(await ada.heard(), [":eve!~eve@127.0.0.1 PRIVMSG ada :hello"]);
  await ada.ask("ACCEPT -eve");
  assertEquals((await eve.ask("PRIVMSG ada :hello?"))[0]?.split(" ")[1], "477");
  await ada.ask("PRIVMSG eve :what is it?");
  await eve.heard();
  assertEquals(await eve.ask("PRIVMSG ada :tea is ready"), []);
});

Deno.test("the ACCEPT list is limited, and the oldest entry is dropped", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const nicks = Array.from({ length: ACCEPT_LIMIT + 1 }, (_, i) => `bob_${i}_`);
  for (const nick of nicks) {
    await server.register(nick);
    await ada.send(`ACCEPT ${nick}`);
  }
  const listed = (await ada.askMessages("ACCEPT *")).filter(({ command }) => command === "281");
  assertEquals(listed.flatMap(({ params }) => params[1]?.split(" ")), nicks.slice(1));
});
