import { assert, assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const MINUTE = 60_000;

Deno.test("LIST finds channels that meet all conditions on name, members and age", async () => {
  // Time passes here, and no client should be closed because of silence.
  await using server = await TestServer.start({ limits: { pingSeconds: 100_000 } });
  const ada = await server.register("ada", { join: "#old,#other" });
  await ada.ask("TOPIC #old :first");
  server.clock.advance(3 * MINUTE);
  await ada.ask("JOIN #new");
  await ada.ask("TOPIC #new :second");
  const bob = await server.register("bob", { join: "#new" });
  server.clock.advance(MINUTE);
  const table: readonly [asked: string, found: string[]][] = [
    ["", ["#old", "#other", "#new"]],
    ["#NEW", ["#new"]],
    ["#new,#none,#old", ["#new", "#old"]],
    ["#o*", ["#old", "#other"]],
    ["*e?", ["#other", "#new"]],
    ["new", []],
    ["#o*,#new", ["#old", "#other", "#new"]],
    ["!#o*", ["#new"]],
    ["!#o*,!#n*", []],
    ["#o*,!*er", ["#old"]],
    [">0", ["#old", "#other", "#new"]],
    [">1", ["#new"]],
    ["<2", ["#old", "#other"]],
    ["<1", []],
    ["C>2", ["#old", "#other"]],
    ["c<2", ["#new"]],
    ["C<0", []],
    ["T>2", ["#old"]],
    ["t<2", ["#new"]],
    ["T>0", ["#old", "#new"]],
    ["C>2,T<100,<2", ["#old"]],
    ["C>", []],
  ];
  for (const [asked, found] of table) {
    const lines = await bob.ask(`LIST ${asked}`);
    const names = lines.filter((line) => line.includes(" 322 ")).map((line) => line.split(" ")[3]);
    assertEquals(names, found, asked);
    assertEquals(lines.at(-1), ":chat.test 323 bob :End of LIST");
  }
});

Deno.test("LIST refuses more than eight conditions, because the search would take long", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  assertEquals((await ada.ask("LIST *,*,*,*,*,*,*,*")).length, 3);
  assertEquals(await ada.ask("LIST *,*,*,*,*,*,*,*,*"), [
    ":chat.test 407 ada LIST :Too many conditions: LIST takes at most 8",
  ]);
});

Deno.test("RPL_ISUPPORT names the conditions that LIST supports", async () => {
  await using server = await TestServer.start();
  const client = await server.connect();
  assert((await client.introduce({})).some((line) => line.includes(" ELIST=CMNTU ")));
});
