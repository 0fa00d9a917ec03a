import { assertEquals } from "@std/assert";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";

/** Ada runs #a, which sends on to #b, which she runs as well; Bob is outside. */
async function forwarding(server: TestServer): Promise<{ ada: IrcClient; bob: IrcClient }> {
  const ada = await server.register("ada", { join: "#a,#b" });
  const bob = await server.register("bob");
  assertEquals(await ada.ask("MODE #a +f #B"), [`:${ADA} MODE #a +f #b`]);
  return { ada, bob };
}

const SENT_ON = ":chat.test 470 bob #a #b " +
  ":You cannot join the first channel and are sent on to the second (+f)";

Deno.test("who may not join is sent on, unless they are banned", async () => {
  const table: readonly [modes: string, answer: string[]][] = [
    ["+n", [`:${BOB} JOIN #a`]],
    ["+i", [SENT_ON, `:${BOB} JOIN #b`]],
    ["+k key", [SENT_ON, `:${BOB} JOIN #b`]],
    ["+l 1", [SENT_ON, `:${BOB} JOIN #b`]],
    ["+b bob", [":chat.test 474 bob #a :Cannot join channel (+b) - you are banned"]],
  ];
  for (const [modes, answer] of table) {
    await using server = new TestServer();
    const { ada, bob } = await forwarding(server);
    await ada.ask(`MODE #a ${modes}`);
    assertEquals((await bob.ask("JOIN #a")).slice(0, answer.length), answer, modes);
  }
});

Deno.test("nobody is sent on to where they are, where they may not be, or where nothing is", async () => {
  await using server = new TestServer();
  const { ada, bob } = await forwarding(server);
  await ada.ask("MODE #a +i");
  const refused = [":chat.test 473 bob #a :Cannot join channel (+i) - you must be invited"];
  await ada.ask("MODE #b +f #a");
  await ada.ask("MODE #b +i");
  assertEquals(await bob.ask("JOIN #a"), refused, "each sends on to the other");
  await ada.ask("MODE #b -i");
  await bob.ask("JOIN #b");
  assertEquals(await bob.ask("JOIN #a"), refused, "they are in #b already");
  await bob.ask("PART #b");
  await ada.ask("PART #b");
  assertEquals(await bob.ask("JOIN #a"), refused, "there is no #b any more");
});

Deno.test("who sends people on runs both channels, and a channel is not sent on to itself", async () => {
  await using server = new TestServer();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#b,#secret" });
  await bob.ask("MODE #secret +s");
  const invalid = (name: string) =>
    `:chat.test 696 ada #a f ${name} :People are sent on to another channel, which exists`;
  const table: readonly [asked: string, answer: string][] = [
    ["+f #none", invalid("#none")],
    ["+f #secret", invalid("#secret")],
    ["+f #A", invalid("#A")],
    ["+f ada", invalid("ada")],
    ["+f #b", ":chat.test 482 ada #b :You're not a channel operator"],
    ["+f", ":chat.test 461 ada MODE :Not enough parameters"],
  ];
  for (const [asked, answer] of table) assertEquals(await ada.ask(`MODE #a ${asked}`), [answer]);
  await ada.ask("JOIN #c");
  await ada.ask("MODE #a +f #c");
  assertEquals((await ada.ask("MODE #a"))[0], ":chat.test 324 ada #a +ntf #c");
  assertEquals(await ada.ask("MODE #a -f"), [`:${ADA} MODE #a -f`]);
});
