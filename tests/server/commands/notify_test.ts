import { assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";

Deno.test("clients with invite-notify see invitations to their channels", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "invite-notify", join: "#a" });
  const bob = await server.register("bob", { caps: "invite-notify", join: "#a" });
  const eve = await server.register("eve", { join: "#a" });
  const zoe = await server.register("zoe", { caps: "invite-notify" });
  for (const client of [ada, bob, eve]) await client.heard();
  assertEquals(await ada.ask("INVITE zoe #a"), [":chat.test 341 ada zoe #a"]);
  assertEquals(await bob.heard(), [`:${ADA} INVITE zoe #a`]);
  assertEquals(await eve.heard(), []);
  assertEquals(await zoe.heard(), [`:${ADA} INVITE zoe #a`]);
});

Deno.test("with no-implicit-names, JOIN returns no names and NAMES does", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("TOPIC #a :tea");
  const bob = await server.register("bob", { caps: "no-implicit-names" });
  assertEquals(await bob.ask("JOIN #a"), [
    `:${BOB} JOIN #a`,
    ":chat.test 332 bob #a :tea",
    `:chat.test 333 bob #a ${ADA} 1767225600`,
  ]);
  assertEquals(await bob.ask("NAMES #a"), [
    ":chat.test 353 bob = #a :@ada bob",
    ":chat.test 366 bob #a :End of NAMES list",
  ]);
});
