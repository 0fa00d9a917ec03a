import { assertEquals } from "@std/assert";
import { openStore } from "../../../server/store/open.ts";
import { LIST_LIMIT } from "../../../server/irc/limits.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { testOptions, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** Limits under which no client is closed because of silence. */
const PATIENT = { limits: { pingSeconds: 86_400 } };
const MINUTE = 60_000;
const ENDED = ":chat.test MODE #a -b eve!*@*";

/** Starts a server; Ada is an operator of `#a`, and Bob a member. */
async function serverWithRoom() {
  const server = await TestServer.start(PATIENT);
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.heard();
  return { server, ada, bob };
}

/** Returns the masks of the bans of `#a`. */
async function bansOf(client: IrcClient): Promise<string[]> {
  const lines = (await client.ask("MODE #a b")).filter((line) => line.includes(" 367 "));
  return lines.map((line) => line.split(" ")[4] ?? "");
}

Deno.test("TBAN sets a ban like MODE +b, and the server removes it when its time has come", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  const set = ":ada!~ada@127.0.0.1 MODE #a +b eve!*@*";
  assertEquals(await ada.ask("TBAN #a 1m eve"), [set]);
  assertEquals(await bob.heard(), [set]);
  assertEquals(await bansOf(ada), ["eve!*@*"]);
  const eve = await server.register("eve");
  const refused = ":chat.test 474 eve #a :Cannot join channel (+b) - you are banned";
  assertEquals(await eve.ask("JOIN #a"), [refused]);
  server.clock.advance(MINUTE - 200);
  assertEquals(await bob.heard(), []);
  server.clock.advance(300);
  assertEquals(await bob.heard(), [ENDED]);
  assertEquals(await bansOf(ada), []);
  server.clock.advance(MINUTE);
  assertEquals(await bob.heard(), []);
  assertEquals((await eve.ask("JOIN #a"))[0], ":eve!~eve@127.0.0.1 JOIN #a");
});

Deno.test("a second TBAN changes the end of a ban, and MODE +b makes the ban lasting", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  for (const line of ["TBAN #a 1m eve", "TBAN #a 3m Eve!*@*", "TBAN #a 1m zoe", "MODE #a +b zoe"]) {
    await ada.ask(line);
  }
  await bob.heard();
  server.clock.advance(2 * MINUTE);
  assertEquals(await bob.heard(), []);
  server.clock.advance(MINUTE + 100);
  assertEquals(await bob.heard(), [":chat.test MODE #a -b eve!*@*"]);
  assertEquals(await bansOf(ada), ["zoe!*@*"]);
  assertEquals(await ada.ask("MODE #a +b zoe"), []);
  server.clock.advance(10 * MINUTE);
  assertEquals(await bansOf(ada), ["zoe!*@*"]);
});

Deno.test("a timed ban that MODE -b removes, or whose room has ended, is not removed again", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  for (const line of ["TBAN #a 1m eve", "MODE #a -b eve", "JOIN #b", "TBAN #b 1m eve", "PART #b"]) {
    await ada.ask(line);
  }
  await ada.ask("JOIN #b");
  await ada.ask("MODE #b +b eve");
  await bob.heard();
  server.clock.advance(2 * MINUTE);
  assertEquals(await ada.heard(), []);
  assertEquals(await bob.heard(), []);
});

Deno.test("a ban that ends later does not delay the end of one in another room", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  for (const line of ["TBAN #a 1m eve", "JOIN #b", "TBAN #b 3m eve"]) await ada.ask(line);
  await bob.heard();
  server.clock.advance(MINUTE + 100);
  assertEquals(await bob.heard(), [ENDED]);
});

Deno.test("TBAN names the account of a nick, and a renamed room keeps the end", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  await bob.ask("REGISTER * * sesame");
  await ada.ask("TBAN #a 1m bob");
  await ada.ask("RENAME #a #b");
  await ada.heard();
  server.clock.advance(MINUTE + 100);
  assertEquals((await ada.heard()).at(-1), ":chat.test MODE #b -b a:bob");
});

Deno.test("TBAN is refused like MODE +b, and for an invalid duration", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  const asked = async (client: IrcClient, line: string) =>
    (await client.ask(line)).map((reply) => reply.split(" ").slice(1, 5).join(" "));
  assertEquals(await asked(bob, "TBAN #a 1m eve"), ["482 bob #a :You're"]);
  assertEquals(await asked(ada, "TBAN #none 1m eve"), ["403 ada #none :No"]);
  assertEquals(await asked(ada, "TBAN #a 1h"), ["461 ada TBAN :Not"]);
  assertEquals(await asked(ada, "TBAN #a 1m ~z:bob"), ["696 ada #a b"]);
  for (const duration of ["90", "0s", "soon"]) {
    assertEquals(await asked(ada, `TBAN #a ${duration} eve`), [
      `FAIL TBAN INVALID_DURATION ${duration}`,
    ]);
  }
  for (let i = 0; i < LIST_LIMIT; i++) await ada.ask(`TBAN #a ${i + 1}h u${i}`);
  assertEquals(await asked(ada, "TBAN #a 1m eve"), ["478 ada #a eve!*@*"]);
});

Deno.test("many bans that end at once are removed over several checks", async () => {
  const { server, ada, bob } = await serverWithRoom();
  await using _ = server;
  for (let i = 0; i < 50; i++) await ada.ask(`TBAN #a 1m u${i}`);
  await bob.heard();
  server.clock.advance(MINUTE + 100);
  const first = await bob.heard();
  server.clock.advance(1000);
  const rest = await bob.heard();
  assertEquals([first.length < 50, first.length + rest.length], [true, 50]);
  assertEquals(await bansOf(ada), []);
});

Deno.test("the end of a ban survives a restart, even if it comes while the server is down", async () => {
  for (const down of [0, 2 * MINUTE]) {
    using folder = new TempFolder();
    const options = { ...PATIENT, memory: false, data: folder.path };
    {
      await using server = await TestServer.start(options);
      const ada = await server.register("ada");
      await ada.ask("REGISTER * * sesame");
      for (const line of ["JOIN #a", "TBAN #a 1m eve", "MODE #a +b zoe"]) await ada.ask(line);
      // Closed while Ada is connected: the room would end if she left first.
      server.server.close();
    }
    await using server = await TestServer.start(options);
    const bob = await server.register("bob", { join: "#a" });
    assertEquals(await bansOf(bob), ["eve!*@*", "zoe!*@*"]);
    server.clock.turn(down);
    server.clock.advance(down === 0 ? MINUTE - 100 : 0);
    assertEquals(await bob.heard(), []);
    server.clock.advance(200);
    assertEquals(await bob.heard(), [ENDED]);
    assertEquals(await bansOf(bob), ["zoe!*@*"]);
  }
});

Deno.test("a list of an earlier version, without ends, is read as before", async () => {
  const store = openStore(testOptions());
  const entry = { mask: "eve!*@*", by: "ada!a@h", time: 1 };
  const room = { name: "#a", createdAt: 1, flags: "", settings: {}, metadata: {} };
  store.keep("channel", "#a", { ...room, ranks: { ada: "qo" }, lists: { b: [entry] } });
  await using server = await TestServer.start({}, { store });
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await bansOf(bob), ["eve!*@*"]);
  server.clock.advance(1000);
  assertEquals(await bob.heard(), []);
});
