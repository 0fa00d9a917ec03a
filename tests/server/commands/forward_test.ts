import { assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";

/** Ada is operator of #a, which forwards to #b, and of #b; Bob is in neither. */
async function forwarding(server: TestServer): Promise<{ ada: IrcClient; bob: IrcClient }> {
  const ada = await server.register("ada", { join: "#a,#b" });
  const bob = await server.register("bob");
  assertEquals(await ada.ask("MODE #a +f #B"), [`:${ADA} MODE #a +f #b`]);
  return { ada, bob };
}

const FORWARDED = ":chat.test 470 bob #a #b " +
  ":Cannot join that channel; forwarding you to another (+f)";

Deno.test("mode +f forwards a user who cannot join, except one who is banned", async () => {
  const table: readonly [modes: string, answer: string[]][] = [
    ["+n", [`:${BOB} JOIN #a`]],
    ["+i", [FORWARDED, `:${BOB} JOIN #b`]],
    ["+k key", [FORWARDED, `:${BOB} JOIN #b`]],
    ["+l 1", [FORWARDED, `:${BOB} JOIN #b`]],
    ["+b bob", [":chat.test 474 bob #a :Cannot join channel (+b) - you are banned"]],
  ];
  for (const [modes, answer] of table) {
    await using server = await TestServer.start();
    const { ada, bob } = await forwarding(server);
    await ada.ask(`MODE #a ${modes}`);
    assertEquals((await bob.ask("JOIN #a")).slice(0, answer.length), answer, modes);
  }
});

Deno.test("mode +f forwards no user to a channel that they are in or cannot join, or that does not exist", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await forwarding(server);
  await ada.ask("MODE #a +i");
  const refused = [":chat.test 473 bob #a :Cannot join channel (+i) - you must be invited"];
  await ada.ask("MODE #b +f #a");
  await ada.ask("MODE #b +i");
  assertEquals(
    await bob.ask("JOIN #a"),
    refused,
    "#a and #b forward to each other, and both are +i",
  );
  await ada.ask("MODE #b -i");
  await bob.ask("JOIN #b");
  assertEquals(await bob.ask("JOIN #a"), refused, "Bob is in #b already");
  await bob.ask("PART #b");
  await ada.ask("PART #b");
  assertEquals(await bob.ask("JOIN #a"), refused, "#b does not exist any more");
});

Deno.test("setting mode +f needs an operator of both channels, and another channel as target", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#b,#secret" });
  await bob.ask("MODE #secret +s");
  const invalid = (name: string) =>
    `:chat.test 696 ada #a f ${name} :Users can be forwarded only to another channel that exists`;
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
