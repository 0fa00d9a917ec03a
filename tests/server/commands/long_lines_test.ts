import { assert, assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const NICK = "n".repeat(32);
const ROOM = `#${"r".repeat(63)}`;

/**
 * Starts a server on which a user with the longest possible mask is in a room with the longest
 * possible name.
 */
async function longNames() {
  const server = await TestServer.start({
    name: `${"s".repeat(58)}.test`,
    operators: [{ name: "root", password: "secret" }],
  });
  const ada = await server.register(NICK, { join: ROOM, caps: "message-tags echo-message" });
  const bob = await server.register("b".repeat(32), { join: ROOM, caps: "draft/channel-rename" });
  await ada.ask("OPER root secret");
  await ada.ask(`CHGHOST ${NICK} ${"u".repeat(16)} ${"h".repeat(63)}`);
  await bob.heard();
  return { server, ada, bob };
}

Deno.test("a topic is whole for members, and for those who join later, however long the names are", async () => {
  const { server, ada, bob } = await longNames();
  await using _ = server;
  const topic = "t".repeat(390);
  await ada.send(`TOPIC ${ROOM} ${topic}`);
  await ada.heard();
  assertEquals(await bob.heard(), [`:${NICK} TOPIC ${ROOM} :${topic}`]);
  const eve = await server.register("e".repeat(32));
  const joined = await eve.ask(`JOIN ${ROOM}`);
  const [shown = ""] = joined.filter((line) => line.includes("332 "));
  assert(shown.endsWith(` ${ROOM} :${topic}`), shown);
});

Deno.test("the reasons of KICK and RENAME are whole, however long the names are", async () => {
  const { server, ada, bob } = await longNames();
  await using _ = server;
  const reason = "x".repeat(300);
  const name = `#${"z".repeat(63)}`;
  await ada.ask(`RENAME ${ROOM} ${name} :${reason}`);
  const [renamed = ""] = await bob.heard();
  assert(renamed.endsWith(` RENAME ${ROOM} ${name} ${reason}`), renamed);
  await ada.ask(`KICK ${name} ${"b".repeat(32)} :${reason}`);
  const [kicked = ""] = await bob.heard();
  assert(kicked.endsWith(` KICK ${name} ${"b".repeat(32)} :${reason}`), kicked);
});
