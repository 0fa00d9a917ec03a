/** Tests of several clients of one user: the same account under the same nick. */

import { assertEquals, assertMatch } from "@std/assert";
import { METADATA_LIMITS } from "../server/state/metadata.ts";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

/** Registers Ada's desk client, with an account, and Bob; both in `#a`. */
async function deskAndBob(server: TestServer): Promise<[desk: IrcClient, bob: IrcClient]> {
  const desk = await server.register("ada", { caps: "echo-message" });
  await desk.ask("REGISTER * * sesame");
  await desk.ask("JOIN #a");
  const bob = await server.register("bob", { join: "#a" });
  await desk.heard();
  return [desk, bob];
}

/** Registers Ada's phone; resolves to the client and the lines it got. */
async function phone(server: TestServer): Promise<[IrcClient, string[]]> {
  const client = await server.connect();
  return [client, await client.introduce({ nick: "ada", login: ["ada", "sesame"] })];
}

Deno.test("a second client of an account is in the channels of the first, and others see nothing", async () => {
  await using server = await TestServer.start();
  const [desk, bob] = await deskAndBob(server);
  const [, received] = await phone(server);
  const commands = received.map((line) => line.split(" ")[1]);
  assertEquals(commands.filter((command) => command === "001" || command === "433"), ["001"]);
  assertEquals(received.slice(-3), [
    ":ada!~ada@127.0.0.1 JOIN #a",
    ":chat.test 353 ada = #a :~ada bob",
    ":chat.test 366 ada #a :End of NAMES list",
  ]);
  assertEquals([await desk.heard(), await bob.heard()], [[], []]);
  assertEquals(server.server.counts, { connections: 3, users: 2 });
});

Deno.test("messages to a channel and to the user reach all clients of the user", async () => {
  await using server = await TestServer.start();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  await bob.ask("PRIVMSG #a :to all");
  await bob.ask("PRIVMSG ada :to you");
  const expected = [
    ":bob!~bob@127.0.0.1 PRIVMSG #a :to all",
    ":bob!~bob@127.0.0.1 PRIVMSG ada :to you",
  ];
  assertEquals([await desk.heard(), await mobile.heard()], [expected, expected]);
});

Deno.test("a user's message reaches their other clients, and the sending one only with echo-message", async () => {
  await using server = await TestServer.start();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  const said = [
    ":ada!~ada@127.0.0.1 PRIVMSG #a :to all",
    ":ada!~ada@127.0.0.1 PRIVMSG bob :to you",
  ];
  for (const line of ["PRIVMSG #a :to all", "PRIVMSG bob :to you"]) await mobile.ask(line);
  assertEquals([await desk.heard(), await bob.heard(), await mobile.heard()], [said, said, []]);
  for (const line of ["PRIVMSG #a :to all", "PRIVMSG bob :to you"]) await desk.send(line);
  assertEquals([await desk.heard(), await bob.heard(), await mobile.heard()], [said, said, said]);
});

Deno.test("a user's message to themselves reaches each client once", async () => {
  await using server = await TestServer.start();
  const [desk] = await deskAndBob(server);
  const [mobile] = await phone(server);
  const line = ":ada!~ada@127.0.0.1 PRIVMSG ada :remember";
  assertEquals(await mobile.ask("PRIVMSG ada :remember"), [line]);
  assertEquals(await desk.heard(), [line]);
});

Deno.test("JOIN, PART and NICK of one client apply to all clients of the user", async () => {
  await using server = await TestServer.start();
  const [desk] = await deskAndBob(server);
  const [mobile] = await phone(server);
  const joined = [
    ":ada!~ada@127.0.0.1 JOIN #b",
    ":chat.test 353 ada = #b :~ada",
    ":chat.test 366 ada #b :End of NAMES list",
  ];
  assertEquals(await mobile.ask("JOIN #b"), joined);
  assertEquals(await desk.heard(), joined);
  await desk.send("PART #b", "NICK countess");
  const gone = [":ada!~ada@127.0.0.1 PART :#b", ":ada!~ada@127.0.0.1 NICK countess"];
  // The server offers the nick to the client that took it.
  const own = (await desk.heard()).filter((line) => !line.includes(" NOTICE "));
  assertEquals([own, await mobile.heard()], [gone, gone]);
});

Deno.test("a user quits when their last client does", async () => {
  await using server = await TestServer.start();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  await desk.send("QUIT :off home");
  assertMatch((await desk.untilEnd()).join(), /ERROR .*off home/);
  assertEquals([await bob.heard(), await mobile.heard()], [[], []]);
  await mobile.send("QUIT :good night");
  await mobile.untilEnd();
  assertEquals(await bob.heard(), [":ada!~ada@127.0.0.1 QUIT :Quit: good night"]);
});

Deno.test("KILL disconnects all clients of a user", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "sesame" }],
  });
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  await bob.ask("OPER root sesame");
  await bob.ask("KILL ada :enough");
  for (const client of [desk, mobile]) assertMatch((await client.untilEnd()).join(), /enough/);
  assertEquals(server.server.counts.users, 1);
});

Deno.test("a client without the account cannot take the nick", async () => {
  await using server = await TestServer.start();
  await deskAndBob(server);
  const eve = await server.connect();
  await eve.send("NICK ada", "USER ada 0 * :not she");
  assertMatch((await eve.heard()).join(), / 433 /);
});

Deno.test("a new account is named after the nick that the user has at that moment", async () => {
  await using server = await TestServer.start();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  for (const line of ["NICK zed", "PRIVMSG NickServ :LOGOUT"]) await desk.ask(line);
  await desk.send("REGISTER * * sesame");
  await mobile.ask("NICK zoe");
  await bob.ask("NICK zed");
  assertEquals((await desk.until("REGISTER")).params, [
    "SUCCESS",
    "zoe",
    "Your account has been created",
  ]);
  assertEquals((await bob.askMessages("REGISTER * * sesame"))[0]?.params[0], "SUCCESS");
});

Deno.test("AWAY and METADATA that a second client sends before registration take effect once it is registered", async () => {
  await using server = await TestServer.start();
  const [desk, bob] = await deskAndBob(server);
  const mobile = await server.connect();
  await mobile.send("CAP REQ :draft/pre-away draft/metadata-3 batch", "AWAY :out");
  await mobile.ask("METADATA * SET url :https://example.org");
  await mobile.introduce({ nick: "ada", login: ["ada", "sesame"] });
  const away = async () =>
    (await bob.askMessages("WHOIS ada")).find(({ command }) => command === "301")?.params;
  assertEquals(await away(), undefined, "Ada is present at her desk");
  await desk.close();
  await server.until(() => server.server.counts.connections === 2, bob);
  assertEquals(await away(), ["bob", "ada", "out"]);
  const [, value] = await mobile.askMessages("METADATA ada GET url");
  assertEquals(value?.params.at(-1), "https://example.org");
});

Deno.test("the metadata limit holds for all clients of a user together, and is reported", async () => {
  await using server = await TestServer.start();
  await deskAndBob(server);
  const refused = [];
  for (const half of ["a", "b"]) {
    const mobile = await server.connect();
    await mobile.send("CAP REQ :draft/metadata-3");
    for (let i = 0; i < METADATA_LIMITS.keys; i++) await mobile.ask(`METADATA * SET ${half}${i} x`);
    const received = await mobile.introduce({ nick: "ada", login: ["ada", "sesame"] });
    refused.push(received.filter((line) => line.includes(" LIMIT_REACHED ")).length);
  }
  assertEquals(refused, [0, METADATA_LIMITS.keys]);
});
