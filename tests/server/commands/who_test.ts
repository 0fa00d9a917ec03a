import { assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

/** Returns the RPL_WHOREPLY for a user. */
const row = (channel: string, nick: string, flags: string): string =>
  `:chat.test 352 ada ${channel} ~${nick} 127.0.0.1 chat.test ${nick} ${flags} ` +
  `:0 ${nick} of the tests`;
const end = (mask: string): string => `:chat.test 315 ada ${mask} :End of WHO list`;

Deno.test("WHO lists a channel's members with marks for away, operators and rank", async () => {
  await using server = await TestServer.start(OPERATORS);
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

Deno.test("WHO finds users by nick, host or real name, with wildcards", async () => {
  await using server = await TestServer.start();
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

Deno.test("WHO finds an invisible user by nick, in a shared channel, and for operators", async () => {
  await using server = await TestServer.start(OPERATORS);
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

Deno.test("WHOX returns the requested fields in the standard order, with the token", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  await bob.ask("AWAY tea");
  server.clock.advance(5500);
  const whox = (...params: string[]) => `:chat.test 354 ada ${params.join(" ")}`;
  const table: readonly [asked: string, answers: string[]][] = [
    ["#a %fnc", [whox("#a", "ada", "H@")]],
    ["bob %rolanfdshiuct,42", [
      whox("42 * ~bob 127.0.0.1 127.0.0.1 chat.test bob G 0 5 0 n/a :bob of the tests"),
    ]],
    ["b* %tn,1", [whox("1 bob")]],
    ["b* %nt,1234", [whox("0 bob")]],
    ["b* %nxyz", [whox("bob")]],
    ["* o%n", []],
  ];
  for (const [asked, answers] of table) {
    assertEquals(await ada.ask(`WHO ${asked}`), [...answers, end(asked.split(" ")[0] ?? "")]);
  }
});
