import { assert, assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const EVE = "eve!~eve@127.0.0.1";

Deno.test("KNOCK reaches only the members that can invite, and is limited in rate", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const hal = await server.register("hal", { join: "#a" });
  const eve = await server.register("eve");
  await ada.ask("MODE #a +ih hal");
  await bob.heard();
  await hal.heard();
  assertEquals(await eve.ask("KNOCK #A :let me in"), [
    ":chat.test 711 eve #a :Your KNOCK has been delivered",
  ]);
  const asked = [`:chat.test 710 #a #a ${EVE} :asks to be invited: let me in`];
  assertEquals([await ada.heard(), await hal.heard()], [asked, asked]);
  assertEquals(await bob.heard(), []);
  assertEquals(await eve.ask("KNOCK #a"), [
    ":chat.test 712 eve #a :Another KNOCK was delivered a moment ago; try again in a few seconds",
  ]);
  server.clock.advance(10_000);
  await eve.ask("KNOCK #a");
  assertEquals(await ada.heard(), [`:chat.test 710 #a #a ${EVE} :asks to be invited`]);
});

Deno.test("KNOCK on an open channel or by a banned user is refused", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const eve = await server.register("eve");
  const open = [":chat.test 713 eve #a :You do not need an invitation to that channel; use JOIN"];
  const table: readonly [modes: string, answer: string[]][] = [
    ["-i", open],
    ["+iI eve", open],
    ["-I+b eve eve", [":chat.test 404 eve #a :You are banned or muted in this channel (+b)"]],
    ["-b+b eve m:eve", [":chat.test 404 eve #a :You are banned or muted in this channel (+b)"]],
    ["-b+s m:eve", [":chat.test 403 eve #a :No such channel"]],
  ];
  for (const [modes, answer] of table) {
    await ada.ask(`MODE #a ${modes}`);
    assertEquals(await eve.ask("KNOCK #a"), answer, modes);
  }
  assertEquals(await ada.ask("KNOCK #a"), [
    ":chat.test 714 ada #a :You're already on that channel",
  ]);
  assertEquals(await eve.ask("KNOCK"), [":chat.test 461 eve KNOCK :Not enough parameters"]);
  await ada.ask("INVITE eve #a");
  await ada.ask("MODE #a -s");
  assertEquals((await eve.ask("KNOCK #a")).at(-1), open[0]);
});

Deno.test("RPL_ISUPPORT names KNOCK, and a KNOCK with the longest text fits into one line", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  assert((await ada.introduce({ nick: "ada" })).some((line) => line.includes(" KNOCK ")));
  const name = "#" + "a".repeat(63);
  await ada.ask(`JOIN ${name}`);
  await ada.ask(`MODE ${name} +i`);
  const eve = await server.register("e".repeat(32));
  await eve.ask(`KNOCK ${name} :${"x".repeat(400)}`);
  const [heard = ""] = await ada.heard();
  assert(heard.length < 510 && /: x+$/.test(heard), heard);
});
