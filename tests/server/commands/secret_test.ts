import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

/** Registers Ada, alone in #s, which is secret, and Eve, who is not in it. */
async function secretChannel(server: TestServer): Promise<{ ada: IrcClient; eve: IrcClient }> {
  const ada = await server.register("ada", { join: "#s" });
  await ada.ask("MODE #s +s");
  return { ada, eve: await server.register("eve") };
}

/** Commands whose replies to an outsider might reveal `#s`. */
const QUESTIONS = [
  "NAMES #s",
  "NAMES",
  "LIST",
  "LIST #s",
  "WHO #s",
  "WHO ada",
  "WHOIS ada",
  "TOPIC #s",
  "TOPIC #s :mine",
  "MODE #s",
  "MODE #s b",
  "MODE #s +m",
  "INVITE eve #s",
  "KICK #s ada",
  "PART #s",
  "PRIVMSG #s :hello",
  "PRIVMSG @#s :hello",
];

Deno.test("to outsiders, a secret channel looks as if it did not exist", async () => {
  await using server = await TestServer.start();
  const { eve } = await secretChannel(server);
  for (const question of QUESTIONS) {
    const answer = await eve.ask(question);
    const expected = await eve.ask(question.replace("#s", "#z"));
    assertEquals(answer.map((line) => line.replace("#s", "#z")), expected, question);
  }
});

Deno.test("members see a secret channel, marked as secret", async () => {
  await using server = await TestServer.start();
  const { ada, eve } = await secretChannel(server);
  assertEquals((await eve.ask("JOIN #s"))[1], ":chat.test 353 eve @ #s :@ada eve");
  assertEquals((await eve.ask("LIST"))[1], ":chat.test 322 eve #s 2 :");
  assert((await eve.ask("WHOIS ada")).includes(":chat.test 319 eve ada :@#s"));
  assertEquals((await ada.ask("MODE #s -s")).at(-1), ":ada!~ada@127.0.0.1 MODE #s -s");
  assertEquals((await eve.ask("NAMES #s"))[0], ":chat.test 353 eve = #s :@ada eve");
});

Deno.test("server operators see secret channels", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const { eve } = await secretChannel(server);
  await eve.ask("OPER root secret");
  assertEquals((await eve.ask("LIST"))[1], ":chat.test 322 eve #s 1 :");
});

Deno.test("outsiders find a private channel only by its full name", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const ada = await server.register("ada", { join: "#p" });
  await ada.ask("MODE #p +p");
  const eve = await server.register("eve");
  assertEquals((await eve.ask("LIST")).length, 2);
  assertEquals((await eve.ask("LIST #*")).length, 2);
  assertEquals((await eve.ask("WHOIS ada")).filter((line) => line.includes("#p")), []);
  assertEquals((await eve.ask("LIST #p"))[1], ":chat.test 322 eve #p 1 :");
  assertEquals((await eve.ask("NAMES #p"))[0], ":chat.test 353 eve * #p :@ada");
  await eve.ask("OPER root secret");
  assertEquals((await eve.ask("LIST"))[1], ":chat.test 322 eve #p 1 :");
});

Deno.test("members see a private channel", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#p" });
  await ada.ask("MODE #p +p");
  const bob = await server.register("bob", { join: "#p" });
  assertEquals((await bob.ask("LIST"))[1], ":chat.test 322 bob #p 2 :");
  assert((await bob.ask("WHOIS ada")).includes(":chat.test 319 bob ada :@#p"));
});
