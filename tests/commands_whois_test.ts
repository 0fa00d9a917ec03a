import { assertEquals } from "@std/assert";
import { TestServer } from "./support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

Deno.test("WHOIS tells who somebody is, where, and since when they have been silent", async () => {
  await using server = new TestServer(OPERATORS);
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

Deno.test("where somebody connects from is for themselves and for operators", async () => {
  await using server = new TestServer(OPERATORS);
  const ada = await server.register("ada");
  await server.register("bob");
  const has378 = async (nick: string) =>
    (await ada.askMessages(`WHOIS ${nick}`)).some(({ command }) => command === "378");
  assertEquals([await has378("ada"), await has378("bob")], [true, false]);
  await ada.ask("OPER root secret");
  assertEquals(await has378("bob"), true);
});

Deno.test("WHOIS of nobody says so, and a server before the nick is passed over", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  const nobody = (nick: string) => [
    `:chat.test 401 ada ${nick} :No such nick or channel`,
    `:chat.test 318 ada ${nick} :End of WHOIS list`,
  ];
  assertEquals(await ada.ask("WHOIS zoe"), nobody("zoe"));
  assertEquals(await ada.ask("WHOIS chat.test zoe"), nobody("zoe"));
  assertEquals(await ada.ask("WHOIS"), [":chat.test 431 ada :No nickname given"]);
});

Deno.test("WHOIS shows all channels of somebody who is in many, in lines that fit", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  const names = Array.from({ length: 30 }, (_, i) => `#${i}`.padEnd(64, "x"));
  for (const name of names) await ada.send(`JOIN ${name}`);
  const lines = (await ada.askMessages("WHOIS ada")).filter(({ command }) => command === "319");
  const shown = lines.flatMap(({ params }) => params[2]?.split(" ") ?? []);
  assertEquals(shown, names.map((name) => `@${name}`));
});

Deno.test("WHOWAS remembers who has gone, the latest first", async () => {
  await using server = new TestServer();
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
