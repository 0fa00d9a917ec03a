import { assertEquals, assertMatch } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

Deno.test("AWAY sets a message, cut at AWAYLEN, and without one ends it", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  assertEquals(await bob.ask(`AWAY :${"é".repeat(160)}`), [
    ":chat.test 306 bob :You have been marked as being away",
  ]);
  assertEquals(await ada.ask("PRIVMSG bob :hi"), [`:chat.test 301 ada bob :${"é".repeat(150)}`]);
  for (const back of ["AWAY", "AWAY :"]) {
    assertEquals(await bob.ask(back), [
      ":chat.test 305 bob :You are no longer marked as being away",
    ]);
  }
  assertEquals(await ada.ask("PRIVMSG bob :hi"), []);
});

Deno.test("away-notify reports AWAY of users in shared channels", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "away-notify", join: "#a,#b" });
  const bob = await server.register("bob", { caps: "away-notify", join: "#a,#b" });
  const eve = await server.register("eve", { join: "#a" });
  const zoe = await server.register("zoe", { caps: "away-notify", join: "#c" });
  for (const client of [ada, bob, eve, zoe]) await client.heard();
  assertEquals(await bob.ask("AWAY :tea time"), [
    ":chat.test 306 bob :You have been marked as being away",
  ]);
  await bob.ask("AWAY");
  assertEquals(await ada.heard(), [
    ":bob!~bob@127.0.0.1 AWAY :tea time",
    ":bob!~bob@127.0.0.1 AWAY",
  ]);
  assertEquals([await eve.heard(), await zoe.heard()], [[], []]);
});

Deno.test("away-notify reports a user who is away when they join", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "away-notify", join: "#a" });
  const eve = await server.register("eve", { join: "#a" });
  const bob = await server.register("bob", { caps: "away-notify" });
  await bob.ask("AWAY :asleep");
  for (const client of [ada, eve]) await client.heard();
  const own = await bob.ask("JOIN #a");
  assertEquals(own.filter((line) => line.includes("AWAY")), []);
  const joined = ":bob!~bob@127.0.0.1 JOIN #a";
  assertEquals(await ada.heard(), [joined, ":bob!~bob@127.0.0.1 AWAY asleep"]);
  assertEquals(await eve.heard(), [joined]);
});

Deno.test("with draft/pre-away, AWAY works before registration", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "extended-monitor away-notify" });
  await ada.ask("MONITOR + bob");
  const bob = await server.connect();
  const refused = [":chat.test 451 * :You have not registered"];
  assertEquals(await bob.ask("AWAY :asleep"), refused);
  await bob.ask("CAP REQ draft/pre-away");
  const away = [":chat.test 306 * :You have been marked as being away"];
  assertEquals(await bob.ask("AWAY *"), away);
  assertEquals(await bob.ask("AWAY"), [
    ":chat.test 305 * :You are no longer marked as being away",
  ]);
  assertEquals(await bob.ask("AWAY :asleep"), away);
  await bob.send("NICK bob", "USER bob 0 * bob", "CAP END");
  await bob.until("422");
  assertEquals(await ada.heard(), [
    ":chat.test 730 * bob!~bob@127.0.0.1",
    ":bob!~bob@127.0.0.1 AWAY asleep",
  ]);
  assertEquals(await ada.ask("PRIVMSG bob hi"), [":chat.test 301 ada bob :asleep"]);
  await ada.ask("MONITOR + eve");
  await server.register("eve", { caps: "draft/pre-away" });
  assertEquals(await ada.heard(), [":chat.test 730 * eve!~eve@127.0.0.1"], "Eve is not away");
});

/**
 * Registers Ada's account; resolves to two clients of the account and to Bob's client, all in `#a`.
 */
async function deskAndPhone(server: TestServer): Promise<[IrcClient, IrcClient, IrcClient]> {
  const desk = await server.register("ada", { join: "#a" });
  await desk.ask("REGISTER * * sesame");
  const phone = await server.register("ada", { login: ["ada", "sesame"] });
  const bob = await server.register("bob", { caps: "away-notify", join: "#a" });
  for (const client of [desk, phone, bob]) await client.heard();
  return [desk, phone, bob];
}

const GONE = ":chat.test 306 ada :You have been marked as being away";
const BACK = ":chat.test 305 ada :You are no longer marked as being away";
const ADA = ":ada!~ada@127.0.0.1";

Deno.test("a user is away once all of their clients are away, and all of these clients are told", async () => {
  await using server = await TestServer.start();
  const [desk, phone, bob] = await deskAndPhone(server);
  assertEquals(await phone.ask("AWAY :x"), [GONE]);
  assertEquals([await desk.heard(), await bob.heard()], [[], []]);
  assertEquals(await bob.ask("PRIVMSG ada hi"), []);
  await desk.heard();
  server.clock.advance(1);
  assertEquals(await desk.ask("AWAY :lunch"), [GONE]);
  assertEquals((await phone.heard()).at(-1), GONE);
  assertEquals(await bob.heard(), [`${ADA} AWAY lunch`]);
  assertEquals(await desk.ask("AWAY"), [BACK]);
  assertEquals(await phone.heard(), [BACK]);
  assertEquals(await bob.heard(), [`${ADA} AWAY`]);
  await desk.send("QUIT");
  await desk.untilEnd();
  assertEquals(await phone.heard(), [GONE]);
  assertEquals(await bob.heard(), [`${ADA} AWAY x`]);
});

Deno.test("a client that is away leaves nothing behind when it disconnects", async () => {
  await using server = await TestServer.start();
  const [desk, phone, bob] = await deskAndPhone(server);
  await phone.ask("AWAY :x");
  await phone.send("QUIT");
  await phone.untilEnd();
  assertEquals(await bob.ask("PRIVMSG ada hi"), []);
  assertEquals((await bob.ask("WHO ada %f"))[0], ":chat.test 354 bob H");
  await desk.ask("AWAY :lunch");
  await server.register("ada", { login: ["ada", "sesame"] });
  assertEquals(await desk.heard(), [BACK]);
  assertEquals(await bob.heard(), [`${ADA} AWAY lunch`, `${ADA} AWAY`]);
});

Deno.test("a client with pre-away neither marks a present user as away nor hides their message", async () => {
  await using server = await TestServer.start();
  const [desk, phone, bob] = await deskAndPhone(server);
  await phone.close();
  const unattended = await server.connect();
  await unattended.send("CAP REQ draft/pre-away", "AWAY *");
  await unattended.introduce({ nick: "ada", caps: "batch", login: ["ada", "sesame"] });
  assertEquals([await desk.heard(), await bob.heard()], [[], []]);
  await desk.ask("AWAY :lunch");
  assertEquals(await bob.heard(), [`${ADA} AWAY lunch`]);
  await desk.send("QUIT");
  await desk.untilEnd();
  await unattended.heard();
  assertEquals(await bob.heard(), [`${ADA} AWAY *`]);
});

Deno.test("SETNAME reaches clients with setname in shared channels", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "setname", join: "#a" });
  const bob = await server.register("bob", { caps: "setname", join: "#a" });
  const eve = await server.register("eve", { join: "#a" });
  const zoe = await server.register("zoe", { caps: "setname" });
  for (const client of [ada, bob, eve, zoe]) await client.heard();
  const line = ":ada!~ada@127.0.0.1 SETNAME :Ada L.";
  assertEquals(await ada.ask("SETNAME :Ada L."), [line]);
  assertEquals([await bob.heard(), await eve.heard(), await zoe.heard()], [[line], [], []]);
  assertEquals((await eve.ask("WHOIS ada"))[0], ":chat.test 311 eve ada ~ada 127.0.0.1 * :Ada L.");
  assertEquals(await eve.ask("SETNAME Eve"), []);
  assertEquals((await eve.ask("WHOIS eve"))[0], ":chat.test 311 eve eve ~eve 127.0.0.1 * :Eve");
});

Deno.test("SETNAME refuses a name that is empty or longer than NAMELEN", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "setname" });
  const refused = ":chat.test FAIL SETNAME INVALID_REALNAME " +
    ":A real name cannot be empty, and can be at most 150 bytes long";
  for (const name of ["", "  ", "é".repeat(76)]) {
    assertEquals(await ada.ask(`SETNAME :${name}`), [refused]);
  }
  assertEquals(await ada.ask("SETNAME"), [":chat.test 461 ada SETNAME :Not enough parameters"]);
  const longest = "é".repeat(75);
  assertEquals(await ada.ask(`SETNAME ${longest}`), [`:ada!~ada@127.0.0.1 SETNAME ${longest}`]);
});

Deno.test("tags without a value end with an equals sign for clients with server-time, because rcirc needs it", async () => {
  await using server = await TestServer.start({ replay: 20 });
  const ada = await server.register("ada", { caps: "message-tags server-time", join: "#a" });
  const robot = await server.register("robot", { caps: "message-tags", join: "#a" });
  await robot.ask("MODE robot +B");
  await ada.heard();
  await robot.ask("@+x PRIVMSG #a beep");
  const withEquals = /^@time=[^;]+;bot=;msgid=\w+;\+x= :robot!/;
  assertMatch((await ada.heard())[0] ?? "", withEquals);
  const eve = await server.register("eve", { caps: "message-tags server-time" });
  assertMatch((await eve.ask("JOIN #a")).at(-2) ?? "", withEquals);
});

Deno.test("a tag, WHO and WHOIS mark a user with mode +B as a bot", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "message-tags" });
  const robot = await server.register("robot");
  const said = async (): Promise<string | undefined> => {
    await ada.heard();
    await robot.ask("PRIVMSG ada beep");
    return (await ada.heard())[0];
  };
  assertEquals((await said())?.includes("bot ") || (await said())?.includes("bot;"), false);
  assertEquals(await robot.ask("MODE robot +B"), [":robot!~robot@127.0.0.1 MODE robot +B"]);
  assertEquals((await said())?.startsWith("@bot;"), true);
  await robot.ask("NICK rob");
  assertEquals((await said())?.startsWith("@bot;"), true, "the mark survives a new nick");
  assertEquals((await ada.ask("WHO rob %f"))[0], ":chat.test 354 ada HB");
  assertEquals((await ada.ask("WHOIS rob")).includes(":chat.test 335 ada rob :is a bot"), true);
});
