import { assertEquals, assertMatch } from "@std/assert";
import { METADATA_LIMITS } from "../../../server/state/metadata.ts";
import { MUTED_LIMIT } from "../../../server/state/muted.ts";
import { PushService, Subscriber } from "../../support/push_service.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const CAPS = "batch draft/metadata-3 draft/webpush standard-replies";
const ENDPOINT = "https://push.example.org/abc";
const KEY = "soju.im/muted";

Deno.test("nothing is pushed from muted channels and people, even after a restart of the server", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  const first = new PushService();
  const subscriber = await Subscriber.make();
  {
    await using server = await TestServer.start(stored, { postPush: first.post });
    const ada = await server.register("ada", { caps: CAPS });
    await ada.ask("REGISTER * * sesame");
    await ada.ask(`WEBPUSH REGISTER ${ENDPOINT} ${subscriber.keys}`);
    await ada.ask("JOIN #tea");
    await ada.ask("JOIN #cake");
    for (const name of ["#TEA", "eve", "bob"]) {
      assertEquals(await ada.ask(`METADATA ${name} SET ${KEY} 1`), [
        `:chat.test 761 ada ${name} ${KEY} * 1`,
      ]);
    }
    assertEquals(await ada.ask(`METADATA bob SET ${KEY} 0`), [
      `:chat.test 761 ada bob ${KEY} * 0`,
    ]);
    await ada.ask("AWAY :lunch");
    const bob = await server.register("bob");
    const eve = await server.register("eve");
    for (const room of ["#tea", "#cake"]) await bob.ask(`JOIN ${room}`);
    await bob.ask("PRIVMSG #tea :ada: tea?");
    await eve.ask("PRIVMSG ada :tea?");
    await bob.ask("PRIVMSG #cake :ada: cake?");
    assertMatch(await subscriber.decrypt((await first.next()).body), /PRIVMSG #cake :ada: cake\?$/);
    await bob.ask("PRIVMSG ada :psst");
    assertMatch(await subscriber.decrypt((await first.next()).body), /PRIVMSG ada :psst$/);
    assertEquals(first.count, 0);
  }
  const again = new PushService();
  await using server = await TestServer.start(stored, { postPush: again.post });
  const eve = await server.register("eve");
  const bob = await server.register("bob");
  await eve.ask("PRIVMSG ada :still there?");
  await bob.ask("PRIVMSG ada :hello");
  assertMatch(await subscriber.decrypt((await again.next()).body), /PRIVMSG ada :hello$/);
  assertEquals(again.count, 0);
});

Deno.test("what a user has muted is seen by the user's clients, and by nobody else", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#tea" });
  await ada.ask("REGISTER * * sesame");
  const phone = await server.connect();
  const caps = CAPS.replace("metadata-3", "metadata-2");
  await phone.introduce({ nick: "ada", caps, login: ["ada", "sesame"] });
  await phone.ask(`METADATA * SUB ${KEY}`);
  // As an operator of the channel, Ada could set metadata of the channel. This key is her own.
  await ada.ask(`METADATA #tea SET ${KEY} 1`);
  assertEquals(await phone.heard(), [`:chat.test METADATA #tea ${KEY} * 1`]);
  await ada.ask(`METADATA gone SET ${KEY} 1`);
  await phone.heard();
  const shown = (lines: readonly string[]) =>
    lines.filter((line) => line.includes(KEY)).map((line) => line.replace(/^@\S+ /, ""));
  assertEquals(shown(await phone.ask("METADATA *ALL SYNC")), [
    `:chat.test METADATA #tea ${KEY} * 1`,
    `:chat.test METADATA gone ${KEY} * 1`,
  ]);
  assertEquals(shown(await phone.ask(`METADATA gone GET ${KEY}`)), [
    `:chat.test 761 ada gone ${KEY} * 1`,
  ]);
  const bob = await server.register("bob", { caps: CAPS, join: "#tea" });
  assertEquals(shown(await bob.ask("METADATA #tea LIST")), []);
  await bob.ask("REGISTER * * sesame");
  assertEquals(shown(await bob.ask(`METADATA #tea GET ${KEY}`)), [
    `:chat.test 766 bob #tea ${KEY} :Key not set`,
  ]);
  await phone.heard();
  await ada.heard();
  assertEquals(await ada.ask(`METADATA gone SET ${KEY}`), [`:chat.test 761 ada gone ${KEY} * 0`]);
  assertEquals(await phone.heard(), [`:chat.test METADATA gone ${KEY} * 0`]);
});

Deno.test("METADATA SYNC sends the list of muted channels and nicks only in its first response", async () => {
  await using server = await TestServer.start();
  const keys = Array.from({ length: METADATA_LIMITS.keys }, (_, i) => `k${i}`);
  for (let i = 0; i < 11; i++) {
    const client = await server.register(`n${i}`, { caps: CAPS, join: "#tea" });
    for (const key of keys) await client.send(`METADATA * SET ${key} v`);
    await client.heard();
  }
  const ada = await server.register("ada", { caps: CAPS, join: "#tea" });
  await ada.ask("REGISTER * * sesame");
  await ada.ask(`METADATA * SUB ${KEY}`);
  await ada.ask(`METADATA * SUB ${keys.slice(1).join(" ")}`);
  await ada.ask(`METADATA gone SET ${KEY} 1`);
  const responses = [await ada.ask("METADATA *ALL SYNC"), await ada.ask("METADATA *ALL SYNC")];
  assertEquals(responses.map((lines) => lines.filter((line) => line.includes(KEY)).length), [1, 0]);
  assertEquals(responses.map((lines) => lines.some((line) => line.includes(" 774 "))), [
    true,
    false,
  ]);
});

Deno.test("a user can mute only channels and nicks, and a limited number of them", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  await ada.ask("REGISTER * * sesame");
  for (let i = 0; i < MUTED_LIMIT; i++) {
    server.clock.advance(1000);
    await ada.ask(`METADATA n${i} SET ${KEY} 1`);
  }
  server.clock.advance(10_000);
  const refused = ":chat.test FAIL METADATA LIMIT_REACHED SET n100 100 " +
    ":You have already muted 100 channels and people; unmute one first";
  assertEquals(await ada.ask(`METADATA n100 SET ${KEY} 1`), [refused]);
  await ada.ask(`METADATA n7 SET ${KEY} 0`);
  assertEquals(await ada.ask(`METADATA n100 SET ${KEY} 1`), [
    `:chat.test 761 ada n100 ${KEY} * 1`,
  ]);
  assertEquals(await ada.ask(`METADATA .! SET ${KEY} 1`), [
    ":chat.test FAIL METADATA INVALID_TARGET .! :There is no such nick or channel",
  ]);
});
