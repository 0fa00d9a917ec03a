import { assert, assertEquals } from "@std/assert";
import { parse } from "../../../protocol.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";

Deno.test("a message to a channel reaches all members except the sender", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  await ada.heard();
  assertEquals(await ada.ask("PRIVMSG #A :hi there"), []);
  assertEquals(await ada.ask("NOTICE #a :psst"), []);
  assertEquals(await bob.heard(), [`:${ADA} PRIVMSG #a :hi there`, `:${ADA} NOTICE #a :psst`]);
  assertEquals(await eve.heard(), []);
});

Deno.test("a message to a nick reaches that user", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  assertEquals(await ada.ask("PRIVMSG BOB :hi"), []);
  assertEquals(await bob.heard(), [`:${ADA} PRIVMSG bob :hi`]);
  assertEquals(await ada.ask("PRIVMSG ada :note to self"), [`:${ADA} PRIVMSG ada :note to self`]);
});

Deno.test("the text of a message arrives unchanged", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  for (const text of [":-)", " two  spaces ", "\x01ACTION waves\x01", "\x02é漢😀\u202e", ","]) {
    await ada.ask(`PRIVMSG bob :${text}`);
    assertEquals(await bob.heard(), [`:${ADA} PRIVMSG bob :${text}`]);
  }
});

Deno.test("PRIVMSG with several targets reaches each once, and returns an error for each unknown one", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await ada.ask("PRIVMSG bob,zoe,#a,bob,#z :hi"), [
    ":chat.test 401 ada zoe :No such nick or channel",
    ":chat.test 403 ada #z :No such channel",
  ]);
  assertEquals((await bob.heard()).slice(-2), [
    `:${ADA} PRIVMSG bob :hi`,
    `:${ADA} PRIVMSG #a :hi`,
  ]);
  assertEquals(await ada.ask("PRIVMSG a,b,c,d,e,f,g,h,i :hi"), [
    ":chat.test 407 ada PRIVMSG :Too many targets: PRIVMSG takes at most 8; nothing was done",
  ]);
});

Deno.test("PRIVMSG without a known target or text is an error, NOTICE gets no reply", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const table: readonly [sent: string, error: string][] = [
    ["PRIVMSG", "411 ada :No recipient given (PRIVMSG)"],
    ["PRIVMSG :", "411 ada :No recipient given (PRIVMSG)"],
    ["PRIVMSG ada", "412 ada :No text to send"],
    ["PRIVMSG ada :", "412 ada :No text to send"],
    ["PRIVMSG zoe :hi", "401 ada zoe :No such nick or channel"],
    ["PRIVMSG #z :hi", "403 ada #z :No such channel"],
    ["PRIVMSG :a b :hi", "412 ada :No text to send"],
  ];
  for (const [sent, error] of table) {
    assertEquals(await ada.ask(sent), [`:chat.test ${error}`], sent);
    assertEquals(await ada.ask(sent.replace("PRIVMSG", "NOTICE")), [], "NOTICE gets no reply");
  }
});

Deno.test("a user that may not speak in a channel gets ERR_CANNOTSENDTOCHAN with the reason", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  const refused = (nick: string, reason: string) => [`:chat.test 404 ${nick} #a :${reason}`];
  assertEquals(
    await eve.ask("PRIVMSG #a :hi"),
    refused("eve", "Only members can speak in this channel (+n): join it first"),
  );
  await ada.ask("MODE #a +m");
  const moderated = "Only members with voice can speak in this channel (+m)";
  assertEquals(await bob.ask("PRIVMSG #a :hi"), refused("bob", moderated));
  assertEquals(await bob.ask("NOTICE #a :hi"), []);
  await ada.ask("MODE #a -m+b bob");
  assertEquals(
    await bob.ask("PRIVMSG #a :hi"),
    refused("bob", "You are banned or muted in this channel (+b)"),
  );
  await ada.ask("MODE #a +v bob");
  await ada.heard();
  assertEquals(await bob.ask("PRIVMSG #a :hi"), []);
  await ada.ask("MODE #a -n");
  await ada.heard();
  assertEquals(await eve.ask("PRIVMSG #a :hi"), []);
  assertEquals(await ada.heard(), [":eve!~eve@127.0.0.1 PRIVMSG #a :hi"]);
});

Deno.test("a message to a rank reaches the members of that rank and above", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve", { join: "#a" });
  await ada.ask("MODE #a +v bob");
  for (const client of [ada, bob, eve]) await client.heard();
  assertEquals(await eve.ask("PRIVMSG @#a :help"), []);
  assertEquals(await eve.ask("PRIVMSG +#a :help"), []);
  const help = (to: string) => `:eve!~eve@127.0.0.1 PRIVMSG ${to} :help`;
  assertEquals(await ada.heard(), [help("@#a"), help("+#a")]);
  assertEquals(await bob.heard(), [help("+#a")]);
  assertEquals(await eve.heard(), []);
  assertEquals(await eve.ask("PRIVMSG @#z :help"), [":chat.test 403 eve #z :No such channel"]);
});

Deno.test("PRIVMSG to a user who is away gets RPL_AWAY, NOTICE does not", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await bob.ask("AWAY :asleep");
  assertEquals(await ada.ask("PRIVMSG bob :hi"), [":chat.test 301 ada bob :asleep"]);
  assertEquals(await ada.ask("NOTICE bob :hi"), []);
  assertEquals(await bob.heard(), [`:${ADA} PRIVMSG bob :hi`, `:${ADA} NOTICE bob :hi`]);
});

Deno.test("a message has one msgid and one time for all clients with the capabilities", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a", caps: "message-tags echo-message" });
  const bob = await server.register("bob", { join: "#a", caps: "message-tags server-time" });
  const eve = await server.register("eve", { join: "#a", caps: "server-time" });
  const zoe = await server.register("zoe", { join: "#a" });
  for (const client of [bob, eve, zoe]) await client.heard();
  const [echo] = await ada.askMessages("PRIVMSG #a :hi");
  const [toBob] = [await bob.expect("PRIVMSG")];
  const toEve = await eve.expect("PRIVMSG");
  const toZoe = await zoe.expect("PRIVMSG");
  const msgid = echo?.tags?.get("msgid");
  assert(msgid);
  const time = "2026-01-01T00:00:00.000Z";
  assertEquals(echo?.tags, new Map([["msgid", msgid]]));
  assertEquals(toBob?.tags, new Map([["time", time], ["msgid", msgid]]));
  assertEquals(toEve.tags, new Map([["time", time]]));
  assertEquals(toZoe.tags, undefined);
});

Deno.test("each message has its own msgid", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "message-tags echo-message" });
  const bob = await server.register("bob");
  for (let i = 0; i < 100; i++) await ada.send("PRIVMSG bob :hi");
  const ids = (await ada.heard()).map((line) => line.split(" ")[0]);
  assertEquals([ids.length, new Set(ids).size], [100, 100]);
  assertEquals((await bob.heard()).length, 100);
});

Deno.test("with echo-message, a sender gets each message back as it was sent", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a", caps: "echo-message" });
  await server.register("bob");
  const said = [
    "PRIVMSG #a :hi",
    "NOTICE #a :hi",
    "PRIVMSG @#a :hi",
    "PRIVMSG bob :hi",
    "NOTICE bob :hi",
  ];
  for (const line of said) assertEquals(await ada.ask(line), [`:${ADA} ${line}`]);
  assertEquals(await ada.ask("PRIVMSG zoe :hi"), [
    ":chat.test 401 ada zoe :No such nick or channel",
  ]);
});

Deno.test("client-only tags are relayed, other tags from a client are dropped", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "message-tags" });
  const bob = await server.register("bob", { caps: "message-tags" });
  await ada.ask("@+draft/reply=x\\:y;msgid=forged;time=0;+bad!key=1;label=l PRIVMSG bob :hi");
  const { tags } = await bob.expect("PRIVMSG");
  assertEquals(new Map([...tags ?? []].filter(([key]) => key !== "msgid")).size, 1);
  assertEquals(tags?.get("+draft/reply"), "x;y");
  assert(tags?.get("msgid") !== "forged");
});

Deno.test("typing, react, reply and channel-context reach only clients with message-tags", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a", caps: "message-tags" });
  const bob = await server.register("bob", { join: "#a", caps: "message-tags" });
  const eve = await server.register("eve", { join: "#a" });
  for (const client of [ada, bob, eve]) await client.heard();
  const table: readonly [tag: string, value: string, command: string][] = [
    ["+typing", "paused", "TAGMSG #a"],
    ["+draft/react", "\u{1f44b}", "TAGMSG #a"],
    ["+draft/reply", "63E1033A051D4B41B1AB1FA3CF4B243E", "PRIVMSG #a :hi"],
    ["+draft/channel-context", "#a", "NOTICE bob :hi"],
  ];
  for (const [tag, value, command] of table) {
    assertEquals(await ada.ask(`@${tag}=${value} ${command}`), []);
    const { tags } = parse((await bob.heard())[0] ?? "") ?? {};
    assertEquals(tags?.get(tag), value, command);
  }
  assertEquals(await eve.heard(), [`:${ADA} PRIVMSG #a :hi`]);
});

Deno.test("all client-only tags are allowed, and RPL_ISUPPORT has no CLIENTTAGDENY", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const replies = await ada.introduce({ nick: "ada", caps: "message-tags echo-message" });
  assert(replies.every((line) => !line.includes("CLIENTTAGDENY")));
  const [echo] = await ada.askMessages("@+example.org/new=1 TAGMSG ada");
  assertEquals(echo?.tags?.get("+example.org/new"), "1");
});

Deno.test("tags from a client without message-tags are dropped", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob", { caps: "message-tags" });
  await ada.ask("@+draft/reply=x PRIVMSG bob :hi");
  const { tags } = await bob.expect("PRIVMSG");
  assertEquals([...tags?.keys() ?? []], ["msgid"]);
});

Deno.test("TAGMSG reaches only clients with message-tags", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a", caps: "message-tags echo-message" });
  const bob = await server.register("bob", { join: "#a", caps: "message-tags" });
  const eve = await server.register("eve", { join: "#a" });
  for (const client of [ada, bob, eve]) await client.heard();
  const [echo] = await ada.askMessages("@+typing=active TAGMSG #a");
  const { tags, params } = await bob.expect("TAGMSG");
  assertEquals([echo?.command, echo?.tags?.get("+typing")], ["TAGMSG", "active"]);
  assertEquals([tags?.get("+typing"), params], ["active", ["#a"]]);
  assertEquals(await eve.heard(), []);
  assertEquals(await eve.ask("TAGMSG #a"), [":chat.test 421 eve TAGMSG :Unknown command"]);
  assertEquals(await ada.ask("TAGMSG zoe"), [":chat.test 401 ada zoe :No such nick or channel"]);
  assertEquals(await ada.ask("TAGMSG ,"), [":chat.test 461 ada TAGMSG :Not enough parameters"]);
});

/** Sends a line with one more byte, which is not valid UTF-8. */
async function sendInvalid(client: IrcClient, line: string): Promise<void> {
  await client.sendBytes(Uint8Array.of(...new TextEncoder().encode(line), 0xff, 0x0a));
}

Deno.test("lines that are too long or not UTF-8 get an error and are not delivered", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "message-tags" });
  const bob = await server.register("bob");
  const tooLong = [
    ":chat.test 417 ada :Input line was too long and was ignored; send shorter lines",
  ];
  assertEquals(await ada.ask(`PRIVMSG bob :${"x".repeat(498)}`), tooLong);
  assertEquals(await ada.ask(`PING ${"x".repeat(506)}`), tooLong);
  assertEquals(await ada.ask(`@${"t".repeat(4094)} PRIVMSG bob :hi`), []);
  assertEquals(await ada.ask(`@${"t".repeat(4095)} PRIVMSG bob :hi`), tooLong);
  assertEquals(await ada.ask("PRIVMSG bob :a\0b"), [
    ":chat.test FAIL PRIVMSG INVALID_CHARACTERS :Lines cannot contain NUL or CR; this one was ignored",
  ]);
  assertEquals(await ada.ask("PRIVMSG bob :a\rb"), [
    ":chat.test FAIL PRIVMSG INVALID_CHARACTERS :Lines cannot contain NUL or CR; this one was ignored",
  ]);
  await sendInvalid(ada, "PRIVMSG bob :");
  assertEquals(await ada.heard(), [
    ":chat.test FAIL PRIVMSG INVALID_UTF8 :Lines must be UTF-8; this one was ignored",
  ]);
  assertEquals(await ada.ask(`PRIVMSG bob :${"x".repeat(497)}\0`), tooLong);
  await sendInvalid(ada, `PRIVMSG bob :${"x".repeat(497)}`);
  assertEquals(await ada.heard(), tooLong);
  await sendInvalid(ada, `PASS ${"x".repeat(505)}`);
  assertEquals(await ada.heard(), [
    ":chat.test FAIL PASS INVALID_UTF8 :Lines must be UTF-8; this one was ignored",
  ]);
  assertEquals(await bob.heard(), [`:${ADA} PRIVMSG bob :hi`]);
});
