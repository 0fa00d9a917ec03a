import { assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };
const OLD = "ada!~ada@127.0.0.1";
const NEW = "ada!tea@user/ada";
const VISIBLE = ":chat.test 396 ada user/ada :is now your visible host";

Deno.test("CHGHOST changes a user's name and host, and clients with chghost see it", async () => {
  await using server = await TestServer.start(OPERATORS);
  const root = await server.register("root", { caps: "chghost", join: "#a" });
  const ada = await server.register("ada", { caps: "chghost", join: "#a" });
  const zoe = await server.register("zoe", { caps: "chghost extended-monitor" });
  await zoe.ask("MONITOR + ada");
  await root.ask("OPER root secret");
  const line = `:${OLD} CHGHOST tea user/ada`;
  assertEquals(await root.ask("CHGHOST ADA tea user/ada"), [line]);
  assertEquals(await ada.heard(), [line, VISIBLE]);
  assertEquals(await zoe.heard(), [line], "a client that monitors the user gets it, too");
  await ada.ask("NICK eve");
  assertEquals(await root.heard(), [`:${NEW} NICK eve`], "the change survives a new nick");
  assertEquals((await root.ask("WHO eve"))[0]?.includes(" tea user/ada "), true);
});

Deno.test("clients without chghost get QUIT and JOIN, with modes and away restored", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada", { join: "#a,#b,#c" });
  const bob = await server.register("bob", { caps: "away-notify", join: "#b,#a" });
  const eve = await server.register("eve", { join: "#a" });
  const root = await server.register("root");
  await ada.ask("MODE #a +v-o ada ada");
  await ada.ask("AWAY :asleep");
  await ada.ask("MODE #b -o ada");
  await root.ask("OPER root secret");
  for (const client of [ada, bob, eve]) await client.heard();
  await root.ask("CHGHOST ada tea user/ada");
  const quit = `:${OLD} QUIT :Changing host`;
  const restored = [`:${NEW} JOIN #a`, ":chat.test MODE #a +v ada"];
  assertEquals(await ada.heard(), [VISIBLE]);
  assertEquals(await eve.heard(), [quit, ...restored]);
  const away = `:${NEW} AWAY asleep`;
  assertEquals(await bob.heard(), [quit, ...restored, away, `:${NEW} JOIN #b`, away]);
});

Deno.test("CHGHOST needs an operator, a valid user name and a valid host", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  assertEquals(await ada.ask("CHGHOST ada a b"), [
    ":chat.test 481 ada :Permission denied - you're not an IRC operator",
  ]);
  await ada.ask("OPER root secret");
  const user =
    "A user name can be at most 16 bytes and contain only letters, digits and []\\^_`{|}.~+-";
  const host =
    "A host can be at most 63 bytes and contain only letters, digits and .:/_-, and must begin " +
    "with a letter or digit";
  for (
    const [given, wrong, expected = host] of [
      [`a@b c`, "a@b", user],
      [`${"x".repeat(17)} c`, "x".repeat(17), user],
      ["a b!c", "b!c"],
      ["a b*", "b*"],
      ["a -b", "-b"],
      ["a :b c", "*"],
      [`a ${"x".repeat(64)}`, "x".repeat(64)],
    ]
  ) {
    assertEquals(await ada.ask(`CHGHOST ada ${given}`), [
      `:chat.test FAIL CHGHOST INVALID_PARAMS ${wrong} :${expected}`,
    ]);
  }
  assertEquals(await ada.ask("CHGHOST zoe a b"), [
    ":chat.test 401 ada zoe :No such nick or channel",
  ]);
  assertEquals(await ada.ask(`CHGHOST ada a ${"x".repeat(63)}`), [
    `:chat.test 396 ada ${"x".repeat(63)} :is now your visible host`,
  ]);
});
