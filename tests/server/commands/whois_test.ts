import { assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

Deno.test("WHOIS shows a user's identity, channels, server, away message and idle time", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  const bob = await server.register("bob", { join: "#a,#b" });
  await server.register("eve", { join: "#b" });
  await bob.ask("OPER root secret");
  await bob.ask("AWAY :asleep");
  await bob.ask("PRIVMSG bob :zzz");
  server.clock.advance(61_500);
  assertEquals(await ada.ask("WHOIS BOB"), [
    ":chat.test 311 ada bob ~bob 127.0.0.1 * :bob of the tests",
    ":chat.test 319 ada bob :@#a @#b",
    ":chat.test 312 ada bob chat.test Test",
    ":chat.test 313 ada bob :is an IRC operator",
    ":chat.test 301 ada bob :asleep",
    ":chat.test 317 ada bob 61 1767225600 :seconds idle, signon time",
    ":chat.test 318 ada BOB :End of WHOIS list",
  ]);
});

Deno.test("only the user and operators see the user's address and modes", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  const secrets = async (client: IrcClient, nick: string) =>
    (await client.ask(`WHOIS ${nick}`)).filter((line) => / 33[89] | 379 /.test(line));
  const of = (viewer: string, nick: string, modes: string) => [
    `:chat.test 338 ${viewer} ${nick} 127.0.0.1 :is actually using host`,
    `:chat.test 379 ${viewer} ${nick} :is using modes +${modes}`,
  ];
  await bob.ask("MODE bob +wi");
  assertEquals(await secrets(bob, "bob"), of("bob", "bob", "iw"));
  assertEquals(await secrets(ada, "bob"), []);
  await ada.ask("OPER root secret");
  await ada.ask("CHGHOST bob bob user/bob");
  assertEquals(await secrets(ada, "bob"), of("ada", "bob", "iw"));
  await bob.send("QUIT");
  await bob.untilEnd();
  assertEquals((await ada.ask("WHOWAS bob")).slice(0, 2), [
    ":chat.test 314 ada bob bob user/bob * :bob of the tests",
    ":chat.test 338 ada bob 127.0.0.1 :is actually using host",
  ]);
  assertEquals((await (await server.register("eve")).ask("WHOWAS bob")).length, 3);
});

Deno.test("WHOIS of an unknown nick gets ERR_NOSUCHNICK, and accepts a server as target", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const unknown = (nick: string) => [
    `:chat.test 401 ada ${nick} :No such nick or channel`,
    `:chat.test 318 ada ${nick} :End of WHOIS list`,
  ];
  assertEquals(await ada.ask("WHOIS zoe"), unknown("zoe"));
  for (const target of ["chat.test", "*.test", "ADA"]) {
    assertEquals(await ada.ask(`WHOIS ${target} zoe`), unknown("zoe"));
  }
  assertEquals(await ada.ask("WHOIS other.test zoe"), [
    ":chat.test 402 ada other.test :No such server",
  ]);
  assertEquals(await ada.ask("WHOIS"), [":chat.test 431 ada :No nickname given"]);
});

Deno.test("WHOIS takes several nicks, up to TARGMAX", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await server.register("bob");
  const answer = await ada.askMessages("WHOIS bob,zoe,ada");
  const heads = answer.filter(({ command }) => ["311", "401", "318"].includes(command));
  assertEquals(heads.map(({ command, params }) => `${command} ${params[1]}`), [
    "311 bob",
    "318 bob",
    "401 zoe",
    "318 zoe",
    "311 ada",
    "318 ada",
  ]);
  assertEquals(await ada.ask(`WHOIS ${"ada,".repeat(9)}`), [
    ":chat.test 407 ada WHOIS :Too many targets: WHOIS takes at most 8; nothing was done",
  ]);
});

Deno.test("WHOIS of an invisible user shows only shared channels", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a,#b" });
  await bob.ask("MODE bob +i");
  const shown = async (client: IrcClient) =>
    (await client.askMessages("WHOIS bob")).find(({ command }) => command === "319")?.params[2];
  assertEquals([await shown(ada), await shown(bob)], ["#a", "#a @#b"]);
  await ada.ask("OPER root secret");
  assertEquals(await shown(ada), "#a @#b");
});

Deno.test("WHOIS splits a long list of channels into lines that fit", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const names = Array.from({ length: 30 }, (_, i) => `#${i}`.padEnd(64, "x"));
  for (const name of names) await ada.send(`JOIN ${name}`);
  const lines = (await ada.askMessages("WHOIS ada")).filter(({ command }) => command === "319");
  const shown = lines.flatMap(({ params }) => params[2]?.split(" ") ?? []);
  assertEquals(shown, names.map((name) => `@${name}`));
});

Deno.test("WHOWAS lists users that have quit, the latest first", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  for (const time of ["first", "second"]) {
    const bob = await server.register("bob");
    await bob.send("QUIT");
    await bob.untilEnd();
    if (time === "first") server.clock.advance(60_000);
  }
  const was = (time: string) => [
    ":chat.test 314 ada bob ~bob 127.0.0.1 * :bob of the tests",
    `:chat.test 312 ada bob chat.test ${time}`,
  ];
  const last = ":chat.test 369 ada BOB :End of WHOWAS";
  const [first, second] = [was("2026-01-01T00:00:00.000Z"), was("2026-01-01T00:01:00.000Z")];
  assertEquals(await ada.ask("WHOWAS BOB"), [...second, ...first, last]);
  assertEquals(await ada.ask("WHOWAS BOB 1"), [...second, last]);
  assertEquals(await ada.ask("WHOWAS BOB -1"), [...second, ...first, last]);
  assertEquals(await ada.ask("WHOWAS zoe"), [
    ":chat.test 406 ada zoe :There was no such nick",
    ":chat.test 369 ada zoe :End of WHOWAS",
  ]);
  assertEquals(await ada.ask("WHOWAS"), [":chat.test 431 ada :No nickname given"]);
});
