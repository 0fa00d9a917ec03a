/** Several clients of one person: the same account under the same nick. */

import { assertEquals, assertMatch } from "@std/assert";
import { METADATA_LIMITS } from "../server/state/metadata.ts";
import type { IrcClient } from "./support/irc_client.ts";
import { TestServer } from "./support/server.ts";

/** Ada at her desk, who has an account, and bob; both in `#a`. */
async function deskAndBob(server: TestServer): Promise<[desk: IrcClient, bob: IrcClient]> {
  const desk = await server.register("ada", { caps: "echo-message" });
  await desk.ask("REGISTER * * sesame");
  await desk.ask("JOIN #a");
  const bob = await server.register("bob", { join: "#a" });
  await desk.heard();
  return [desk, bob];
}

/** Ada's phone; what it is told when it comes. */
async function phone(server: TestServer, caps = ""): Promise<[IrcClient, string[]]> {
  const client = await server.connect();
  return [client, await client.introduce({ nick: "ada", caps, login: ["ada", "sesame"] })];
}

Deno.test("a second client of the same account is where the first is, and nobody is told", async () => {
  await using server = new TestServer();
  const [desk, bob] = await deskAndBob(server);
  const [, told] = await phone(server);
  const commands = told.map((line) => line.split(" ")[1]);
  assertEquals(commands.filter((command) => command === "001" || command === "433"), ["001"]);
  assertEquals(told.slice(-3), [
    ":ada!~ada@127.0.0.1 JOIN #a",
    ":chat.test 353 ada = #a :~ada bob",
    ":chat.test 366 ada #a :End of NAMES list",
  ]);
  assertEquals([await desk.heard(), await bob.heard()], [[], []]);
  assertEquals(server.server.counts, { connections: 3, users: 2 });
});

Deno.test("what others say comes to all of one's clients, to a room and to oneself", async () => {
  await using server = new TestServer();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  await bob.ask("PRIVMSG #a :to all");
  await bob.ask("PRIVMSG ada :to you");
  const heard = [
    ":bob!~bob@127.0.0.1 PRIVMSG #a :to all",
    ":bob!~bob@127.0.0.1 PRIVMSG ada :to you",
  ];
  assertEquals([await desk.heard(), await mobile.heard()], [heard, heard]);
});

Deno.test("what one says comes to one's other clients, and back only where it is asked for", async () => {
  await using server = new TestServer();
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

Deno.test("what one says to oneself comes once to each other client", async () => {
  await using server = new TestServer();
  const [desk] = await deskAndBob(server);
  const [mobile] = await phone(server);
  const line = ":ada!~ada@127.0.0.1 PRIVMSG ada :remember";
  assertEquals(await mobile.ask("PRIVMSG ada :remember"), [line]);
  assertEquals(await desk.heard(), [line]);
});

Deno.test("a room that one client joins, all join; so it is with leaving, and with a new nick", async () => {
  await using server = new TestServer();
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
  assertEquals([await desk.heard(), await mobile.heard()], [gone, gone]);
});

Deno.test("a person is gone when the last of their clients is", async () => {
  await using server = new TestServer();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  await desk.send("QUIT :off home");
  assertMatch((await desk.untilEnd()).join(), /ERROR .*off home/);
  assertEquals([await bob.heard(), await mobile.heard()], [[], []]);
  await mobile.send("QUIT :good night");
  await mobile.untilEnd();
  assertEquals(await bob.heard(), [":ada!~ada@127.0.0.1 QUIT :Quit: good night"]);
});

Deno.test("KILL ends all clients of a person", async () => {
  await using server = new TestServer({ operators: [{ name: "root", password: "sesame" }] });
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  await bob.ask("OPER root sesame");
  await bob.ask("KILL ada :enough");
  for (const client of [desk, mobile]) assertMatch((await client.untilEnd()).join(), /enough/);
  assertEquals(server.server.counts.users, 1);
});

Deno.test("without the account, the nick is not to be had", async () => {
  await using server = new TestServer();
  await deskAndBob(server);
  const eve = await server.connect();
  await eve.send("NICK ada", "USER ada 0 * :not she");
  assertMatch((await eve.heard()).join(), / 433 /);
});

Deno.test("an account is named for the nick that one goes by when it is made", async () => {
  await using server = new TestServer();
  const [desk, bob] = await deskAndBob(server);
  const [mobile] = await phone(server);
  for (const line of ["NICK zed", "PRIVMSG NickServ :LOGOUT"]) await desk.ask(line);
  await desk.send("REGISTER * * sesame");
  await mobile.ask("NICK zoe");
  await bob.ask("NICK zed");
  assertEquals((await desk.until("REGISTER")).params, [
    "SUCCESS",
    "zoe",
    "You have an account now",
  ]);
  assertEquals((await bob.askMessages("REGISTER * * sesame"))[0]?.params[0], "SUCCESS");
});

Deno.test("what a second client says of itself before it is in is told once it is", async () => {
  await using server = new TestServer();
  const [, bob] = await deskAndBob(server);
  const mobile = await server.connect();
  await mobile.send("CAP REQ :draft/pre-away draft/metadata-3 batch", "AWAY :out");
  await mobile.ask("METADATA * SET url :https://example.org");
  await mobile.introduce({ nick: "ada", login: ["ada", "sesame"] });
  const told = await bob.askMessages("WHOIS ada");
  assertEquals(told.find(({ command }) => command === "301")?.params, ["bob", "ada", "out"]);
  const [, value] = await mobile.askMessages("METADATA ada GET url");
  assertEquals(value?.params.at(-1), "https://example.org");
});

Deno.test("many clients of one person set no more metadata than one, and are told so", async () => {
  await using server = new TestServer();
  await deskAndBob(server);
  const refused = [];
  for (const half of ["a", "b"]) {
    const mobile = await server.connect();
    await mobile.send("CAP REQ :draft/metadata-3");
    for (let i = 0; i < METADATA_LIMITS.keys; i++) await mobile.ask(`METADATA * SET ${half}${i} x`);
    const told = await mobile.introduce({ nick: "ada", login: ["ada", "sesame"] });
    refused.push(told.filter((line) => line.includes(" LIMIT_REACHED ")).length);
  }
  assertEquals(refused, [0, METADATA_LIMITS.keys]);
});
