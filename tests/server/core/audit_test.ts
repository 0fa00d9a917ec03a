import { assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

Deno.test("kicks, bans and renames are logged with the user who caused them", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#tea" });
  await ada.ask("REGISTER * * sesame-sesame");
  const bob = await server.register("bob", { join: "#tea" });
  server.log.splice(0);
  await ada.ask("KICK #tea bob :too loud");
  await ada.ask("MODE #tea +mb *!*@192.0.2.1");
  await ada.ask("MODE #tea -b *!*@192.0.2.1");
  await ada.ask("RENAME #tea #coffee :no more tea");
  await bob.ask("NICK eve");
  await ada.ask("PRIVMSG #coffee :a secret");
  await ada.ask("TOPIC #coffee :another secret");
  const by = { by: "ada", account: "ada" };
  assertEquals(server.log.filter(([message]) => !/account|logged in/.test(message)), [
    ["kicked", { room: "#tea", nick: "bob", ...by, reason: "too loud" }],
    ["banned from room", { room: "#tea", mask: "*!*@192.0.2.1", ...by }],
    ["ban from room removed", { room: "#tea", mask: "*!*@192.0.2.1", ...by }],
    ["room renamed", { room: "#tea", name: "#coffee", ...by, reason: "no more tea" }],
    ["nick changed", { nick: "bob", to: "eve" }],
  ]);
});
