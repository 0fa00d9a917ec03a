import { assertEquals } from "@std/assert";
import { TestServer } from "./support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

/** What WHO says of somebody. */
const row = (channel: string, nick: string, flags: string): string =>
  `:chat.test 352 ada ${channel} ~${nick} 127.0.0.1 chat.test ${nick} ${flags} ` +
  `:0 ${nick} of the tests`;
const end = (mask: string): string => `:chat.test 315 ada ${mask} :End of WHO list`;

Deno.test("WHO shows who is in a channel, with their rank and whether they are away", async () => {
  await using server = new TestServer(OPERATORS);
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await server.register("eve");
  await ada.ask("MODE #a +vv ada bob");
  await bob.ask("AWAY :asleep");
  await bob.ask("OPER root secret");
  assertEquals(await ada.ask("WHO #A"), [
    row("#a", "ada", "H@"),
    row("#a", "bob", "G*+"),
    end("#A"),
  ]);
  await ada.ask("CAP REQ :multi-prefix");
  assertEquals(await ada.ask("WHO #a o"), [row("#a", "bob", "G*+"), end("#a")]);
  assertEquals((await ada.ask("WHO #a"))[0], row("#a", "ada", "H@+"));
});

Deno.test("WHO finds people by nick, host or name, with wildcards", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  await server.register("bob");
  const table: readonly [mask: string, nicks: string[]][] = [
    ["ADA", ["ada"]],
    ["?o?", ["bob"]],
    ["127.*", ["ada", "bob"]],
    ["bob of*", ["bob"]],
    ["*", ["ada", "bob"]],
    ["nobody", []],
    ["#none", []],
  ];
  for (const [mask, nicks] of table) {
    const expected = nicks.map((nick) => row("*", nick, "H"));
    const asked = mask.includes(" ") ? `:${mask}` : mask;
    assertEquals(await ada.ask(`WHO ${asked}`), [
      ...expected,
      end(mask.includes(" ") ? "*" : mask),
    ]);
  }
  assertEquals((await ada.ask("WHO")).length, 3);
});

Deno.test("who is invisible is found by name, by their company, and by operators", async () => {
  await using server = new TestServer(OPERATORS);
  const ada = await server.register("ada");
  const bob = await server.register("bob", { join: "#a" });
  await bob.ask("MODE bob +i");
  assertEquals(await ada.ask("WHO b*"), [end("b*")]);
  assertEquals(await ada.ask("WHO #a"), [end("#a")]);
  assertEquals(await ada.ask("WHO bob"), [row("*", "bob", "H"), end("bob")]);
  await ada.ask("JOIN #a");
  assertEquals(await ada.ask("WHO b*"), [row("*", "bob", "H"), end("b*")]);
  await ada.ask("PART #a");
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("WHO b*"), [row("*", "bob", "H"), end("b*")]);
});

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

Deno.test("USERHOST tells of up to five who is there, away, an operator", async () => {
  await using server = new TestServer(OPERATORS);
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await bob.ask("AWAY :asleep");
  await bob.ask("OPER root secret");
  assertEquals(await ada.ask("USERHOST ADA zoe bob"), [
    ":chat.test 302 ada :ada=+~ada@127.0.0.1 bob*=-~bob@127.0.0.1",
  ]);
  assertEquals(await ada.ask("USERHOST z z z z z ada"), [":chat.test 302 ada :"]);
  assertEquals(await ada.ask("USERHOST"), [":chat.test 461 ada USERHOST :Not enough parameters"]);
});

Deno.test("ISON names those who are there", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada");
  await server.register("bob");
  assertEquals(await ada.ask("ISON BOB zoe ada"), [":chat.test 303 ada :bob ada"]);
  assertEquals(await ada.ask("ISON :zoe  bob"), [":chat.test 303 ada bob"]);
  assertEquals(await ada.ask("ISON zoe"), [":chat.test 303 ada :"]);
  assertEquals(await ada.ask("ISON"), [":chat.test 461 ada ISON :Not enough parameters"]);
});

Deno.test("who goes away says why, in so many words, and comes back", async () => {
  await using server = new TestServer();
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

Deno.test("who asked for away-notify hears of those they share a room with going and coming back", async () => {
  await using server = new TestServer();
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

Deno.test("who asked for away-notify hears that somebody is away who comes to a room", async () => {
  await using server = new TestServer();
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
