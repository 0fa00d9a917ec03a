import { assert, assertEquals, assertMatch } from "@std/assert";
import { type IrcClient, plain } from "../../support/irc_client.ts";
import { serverWithAda } from "../../support/people.ts";
import { TestServer } from "../../support/server.ts";

const LOCKED = ":You are banned or muted here (+b): you cannot change your nick or account";

/** Makes zoe the founder of #a, of which `member` becomes a member. */
async function inRoomOfZoe(server: TestServer, member: IrcClient): Promise<IrcClient> {
  const zoe = await server.register("zoe", { join: "#a" });
  await member.ask("JOIN #a");
  return zoe;
}

Deno.test("a ban or a mute of a nick with an account is a ban or a mute of the account", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  const zoe = await inRoomOfZoe(server, ada);
  await ada.ask("NICK countess");
  assertEquals(await zoe.ask("MODE #a +b countess"), [":zoe!~zoe@127.0.0.1 MODE #a +b a:ada"]);
  assertEquals(await zoe.ask("MODE #a +b m:ADA"), [":zoe!~zoe@127.0.0.1 MODE #a +b m:a:ada"]);
  await ada.ask("PART #a");
  await ada.ask("NICK f3");
  assertEquals(await ada.ask("JOIN #a"), [
    ":chat.test 474 f3 #a :Cannot join channel (+b) - you are banned",
  ]);
  // The owner of the nick has left it, and is still found by it.
  assertEquals(await zoe.ask("MODE #a -b ada"), [":zoe!~zoe@127.0.0.1 MODE #a -b a:ada"]);
  assert((await ada.ask("JOIN #a"))[0]?.endsWith(" JOIN #a"));
  assert((await ada.ask("PRIVMSG #a :hello"))[0]?.includes(" 404 "));
});

Deno.test("a nick without an account is banned as a nick, and such a ban can be removed", async () => {
  await using server = await serverWithAda();
  const zoe = await server.register("zoe", { join: "#a" });
  assertEquals(await zoe.ask("MODE #a +b bob"), [":zoe!~zoe@127.0.0.1 MODE #a +b bob!*@*"]);
  assertEquals(await zoe.ask("MODE #a -b bob"), [":zoe!~zoe@127.0.0.1 MODE #a -b bob!*@*"]);
  assertEquals(await zoe.ask("MODE #a +b ada!*@*"), [":zoe!~zoe@127.0.0.1 MODE #a +b ada!*@*"]);
  assertEquals(await zoe.ask("MODE #a -b ada"), [":zoe!~zoe@127.0.0.1 MODE #a -b ada!*@*"]);
});

for (const [kind, mask] of [["banned", "bob"], ["muted", "m:bob"], ["banned", "*!~bob@*"]]) {
  Deno.test(`a member who is ${kind} by ${mask} cannot change the nick`, async () => {
    await using server = await TestServer.start();
    const bob = await server.register("bob");
    const zoe = await inRoomOfZoe(server, bob);
    await zoe.ask(`MODE #a +b ${mask}`);
    await bob.heard();
    assertEquals(await bob.ask("NICK f3"), [`:chat.test 437 bob #a ${LOCKED}`]);
    await zoe.ask("MODE #a +v bob");
    await bob.heard();
    assertEquals(await bob.ask("NICK f3"), [":bob!~bob@127.0.0.1 NICK f3"]);
  });
}

Deno.test("a member who is muted by the account cannot log in to another account", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"], caps: "sasl" });
  const root = await server.register("root");
  await root.ask("REGISTER * * sesame");
  const zoe = await inRoomOfZoe(server, ada);
  await zoe.ask("MODE #a +b m:ada");
  await ada.heard();
  assertEquals(await ada.ask("NS IDENTIFY root sesame"), [`:chat.test 437 ada #a ${LOCKED}`]);
  await ada.ask("AUTHENTICATE PLAIN");
  assertEquals(await ada.ask(`AUTHENTICATE ${plain("root", "sesame")}`), [
    `:chat.test 904 ada :SASL authentication failed: ${LOCKED.slice(1)}`,
  ]);
  assert((await ada.ask("PRIVMSG #a :hello"))[0]?.includes(" 404 "));
  await ada.ask("PART #a");
  assertMatch((await ada.ask("NS IDENTIFY root sesame")).join(), / 900 ada /);
});

Deno.test("a member who is banned by the account cannot log out of it", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  const zoe = await inRoomOfZoe(server, ada);
  await zoe.ask("MODE #a +b m:ada");
  await ada.heard();
  assertEquals(await ada.ask("NS LOGOUT"), [
    `:NickServ!service@chat.test NOTICE ada ${LOCKED}.`,
  ]);
});

for (const command of ["NS IDENTIFY ada sesame", "NS REGAIN ada sesame"]) {
  Deno.test(`a member who is muted by the nick does not get another nick by ${command}`, async () => {
    await using server = await serverWithAda();
    const bob = await server.register("bob");
    const zoe = await inRoomOfZoe(server, bob);
    await bob.ask("NICK ada"); // refused, but given at the login
    await zoe.ask("MODE #a +b m:bob");
    await bob.ask(command);
    assertMatch((await bob.ask("WHOIS bob")).join(), / 330 bob bob ada /);
    assert((await bob.ask("PRIVMSG #a :hello"))[0]?.includes(" 404 bob "));
    await bob.ask("PART #a");
    assertEquals(await bob.ask("NICK ada"), [":bob!~bob@127.0.0.1 NICK ada"]);
  });
}

const CAPS = "message-tags draft/message-redaction echo-message";
/** Modes by which a member without a prefix, who has just spoken, may say nothing. */
const SILENCING = ["+b m:bob", "+m", "+M", "+W 10"];

for (const modes of SILENCING) {
  Deno.test(`a member silenced by ${modes} cannot speak through the reason of PART, QUIT or REDACT`, async () => {
    await using server = await TestServer.start();
    const bob = await server.register("bob", { caps: CAPS });
    const zoe = await inRoomOfZoe(server, bob);
    const kim = await server.register("kim", { join: "#a", caps: CAPS });
    const id = /msgid=([^; ]+)/.exec((await bob.ask("PRIVMSG #a :hello")).join())?.[1];
    await zoe.ask(`MODE #a ${modes}`);
    await bob.ask(`REDACT #a ${id} :insult`);
    await bob.ask("PART #a :insult");
    await bob.ask("JOIN #a");
    await bob.send("QUIT :insult");
    await bob.untilEnd();
    const heard = (await kim.heard()).join("\n");
    assertEquals(heard.match(/ (?:REDACT|PART|QUIT)\b/g), [" REDACT", " PART", " QUIT"]);
    assert(!heard.includes("insult"), heard);
  });
}

Deno.test("a muted member says nothing by AWAY, SETNAME or METADATA", async () => {
  await using server = await TestServer.start();
  const caps = "away-notify setname draft/metadata-3 batch standard-replies";
  const bob = await server.register("bob", { caps });
  const zoe = await inRoomOfZoe(server, bob);
  const kim = await server.register("kim", { caps, join: "#a" });
  await kim.ask("METADATA * SUB status");
  await bob.ask("METADATA * SET status :hello");
  await zoe.ask("MODE #a +b m:bob");
  await kim.heard();
  const refusals = [
    ...await bob.ask("AWAY :insult"),
    ...await bob.ask("SETNAME :insult"),
    ...await bob.ask("METADATA * SET status :insult"),
  ].map((line) => line.split(" ").slice(1, 4).join(" "));
  assertEquals(refusals, [
    "WARN AWAY MESSAGE_HIDDEN",
    "306 bob :You",
    "FAIL SETNAME CANNOT_CHANGE_REALNAME",
    "FAIL METADATA KEY_NO_PERMISSION",
  ]);
  assertEquals(await kim.heard(), [":bob!~bob@127.0.0.1 AWAY Away"]);
  // A value can be removed, and the user comes back.
  await bob.ask("METADATA * SET status");
  await bob.ask("AWAY");
  const heard = (await kim.heard()).map((line) => line.split(" ").slice(1, 3).join(" "));
  assertEquals(heard, ["766 *", "AWAY"]);
  await zoe.ask("MODE #a -b m:bob");
  await bob.ask("AWAY :back soon");
  await bob.ask("SETNAME :Bob");
  assertMatch((await kim.heard()).join(), / AWAY :back soon,.* SETNAME Bob$/);
});

Deno.test("a muted user who joins while away shows no message", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob");
  const zoe = await inRoomOfZoe(server, bob);
  const kim = await server.register("kim", { caps: "away-notify", join: "#a" });
  await bob.ask("PART #a");
  await zoe.ask("MODE #a +b m:bob");
  await bob.ask("AWAY :insult");
  await kim.heard();
  await bob.ask("JOIN #a");
  const bobs = ":bob!~bob@127.0.0.1";
  assertEquals(await kim.heard(), [`${bobs} JOIN #a`, `${bobs} AWAY Away`]);
});

Deno.test("the reason of QUIT is hidden only where its user may not speak", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#slow,#mute,#open" });
  const zoe = await server.register("zoe", { join: "#slow,#mute" });
  // Bob was there first, so he is the operator.
  await bob.ask("MODE #slow +oW zoe 10");
  await bob.ask("MODE #mute +ob zoe m:bob");
  await bob.ask("MODE #mute -o bob");
  await bob.ask("MODE #slow -o bob");
  const caps = "server-time batch draft/chathistory draft/event-playback";
  const kim = await server.register("kim", { join: "#slow", caps });
  const lee = await server.register("lee", { join: "#open" });
  const max = await server.register("max", { join: "#slow,#open" });
  for (const user of [zoe, kim, lee, max]) await user.heard();
  await bob.send("QUIT :good night");
  assertMatch((await bob.untilEnd()).at(-1) ?? "", /good night/);
  const quit = ":bob!~bob@127.0.0.1 QUIT :Quit: ";
  assertEquals(await zoe.heard(), [quit]);
  assertEquals((await kim.heard()).map((line) => line.replace(/^@\S+ /, "")), [quit]);
  assertEquals(await lee.heard(), [`${quit}good night`]);
  assertEquals(await max.heard(), [`${quit}good night`]);
  const history = (await kim.ask("CHATHISTORY LATEST #slow * 5")).join("\n");
  assert(history.includes(` ${quit}`) && !history.includes("good night"), history);
  assertMatch((await lee.ask("WHO #open")).join(), /^(?!.* bob ).* lee /);
});

Deno.test("members who may speak can give reasons, and members who may not cannot set a topic", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob");
  const zoe = await inRoomOfZoe(server, bob);
  await zoe.ask("MODE #a -t");
  assert((await bob.ask("TOPIC #a :tea"))[0]?.endsWith(" TOPIC #a :tea"));
  await zoe.ask("MODE #a +m");
  await bob.heard();
  assertEquals((await bob.ask("TOPIC #a :insult"))[0]?.split(" ")[1], "404");
  await zoe.ask("MODE #a +v bob");
  await bob.heard();
  await bob.ask("PART #a :good night");
  assert((await zoe.heard()).at(-1)?.endsWith(" PART #a :good night"));
  await zoe.ask("MODE #a -m");
  await bob.ask("JOIN #a");
  await bob.send("QUIT :really");
  await bob.untilEnd();
  assert((await zoe.heard()).at(-1)?.endsWith(" QUIT :Quit: really"));
});
