import { assertEquals } from "@std/assert";
import { NICK_SECONDS } from "../../../server/accounts/accounts.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";

Deno.test("ACCOUNT goes to clients with account-notify that share a channel, and to no others", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a", caps: "account-notify" });
  const bob = await server.register("bob", { join: "#a", caps: "account-notify account-tag" });
  const eve = await server.register("eve", { join: "#a" });
  const far = await server.register("far", { caps: "account-notify" });
  await ada.heard();
  await bob.heard();
  assertEquals((await ada.ask("REGISTER * * sesame")).filter((line) => line.includes("ACCOUNT")), [
    `:${ADA} ACCOUNT ada`,
  ]);
  assertEquals(await bob.heard(), [`:${ADA} ACCOUNT ada`]);
  for (const client of [eve, far]) assertEquals(await client.heard(), []);
  await ada.ask("PRIVMSG #a :hello");
  assertEquals(await bob.heard(), [`@account=ada :${ADA} PRIVMSG #a :hello`]);
});

Deno.test("a user who logs in before joining appears with their account in the JOIN", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a", caps: "extended-join" });
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  await server.register("lovelace", { login: ["ada", "sesame"], join: "#a" });
  assertEquals(await bob.heard(), [
    ":lovelace!~lovelace@127.0.0.1 JOIN #a ada :lovelace of the tests",
  ]);
  await server.register("eve", { join: "#a" });
  assertEquals(await bob.heard(), [":eve!~eve@127.0.0.1 JOIN #a * :eve of the tests"]);
});

Deno.test("WHOIS and WHOX show the account", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  await ada.ask("REGISTER * * sesame");
  assertEquals((await bob.ask("WHOIS ada")).filter((line) => line.includes(" 330 ")), [
    ":chat.test 330 bob ada ada :is logged in as",
  ]);
  assertEquals((await bob.ask("WHOIS bob")).filter((line) => line.includes(" 330 ")), []);
  assertEquals((await bob.ask("WHO ada %na"))[0], ":chat.test 354 bob ada ada");
  assertEquals((await bob.ask("WHO bob %na"))[0], ":chat.test 354 bob bob 0");
});

Deno.test("MONITOR with extended-monitor and account-notify reports ACCOUNT without a shared channel", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { caps: "extended-monitor account-notify" });
  const eve = await server.register("eve", { caps: "extended-monitor" });
  const ada = await server.register("ada");
  for (const client of [bob, eve]) await client.ask("MONITOR + ada");
  await ada.ask("REGISTER * * sesame");
  assertEquals(await bob.heard(), [`:${ADA} ACCOUNT ada`]);
  assertEquals(await eve.heard(), []);
});

const OWNED =
  "That nick belongs to another user. If it is yours, log in, or type /link on a machine " +
  "that is logged in to it";

/** Returns a server on which Ada has an account but is not connected. */
async function serverWithAda(): Promise<TestServer> {
  const server = await TestServer.start();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  return server;
}

Deno.test("only the owner of an account may use its nick, or a nick that looks like it", async () => {
  await using server = await serverWithAda();
  const eve = await server.connect();
  await eve.send("NICK ADA", "USER eve 0 * r");
  assertEquals(await eve.heard(), [`:chat.test 433 * ADA :${OWNED}`]);
  await eve.send("NICK eve");
  await eve.heard();
  for (const nick of ["ada", "\u0430da"]) {
    assertEquals(await eve.ask(`NICK ${nick}`), [`:chat.test 433 eve ${nick} :${OWNED}`]);
  }
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  assertEquals(await ada.ask("NICK \u0430da"), [":ada!~ada@127.0.0.1 NICK \u0430da"]);
});

Deno.test("NickServ and nicks that look like it can be neither used nor registered", async () => {
  await using server = await TestServer.start();
  const eve = await server.register("eve");
  for (const nick of ["nickserv", "NICKSERV", "N\u0456ckServ"]) {
    assertEquals(await eve.ask(`NICK ${nick}`), [
      `:chat.test 433 eve ${nick} :That nick is reserved for the server; choose another one`,
    ]);
  }
  const client = await server.connect();
  await client.ask("NICK NickServ");
  assertEquals(await client.ask("REGISTER * * sesame"), [
    ":chat.test FAIL REGISTER BAD_ACCOUNT_NAME NickServ :That name is reserved for the server; choose another one",
  ]);
});

Deno.test("a user who logs out of the account of their nick has some seconds to choose another", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  const [, notice] = await ada.ask("NS LOGOUT");
  assertEquals(
    notice,
    ":chat.test NOTICE ada :The nick ada belongs to an account that you are not logged in to. " +
      `Choose another one within ${NICK_SECONDS} seconds, or you will be given one like guest1`,
  );
  server.clock.advance(NICK_SECONDS * 1000 - 1000);
  assertEquals(await ada.heard(), []);
  server.clock.advance(2000);
  assertEquals(await ada.next(), ":ada!~ada@127.0.0.1 NICK guest1");
});

Deno.test("a user who logs in again in time, or changes the nick, keeps it", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await ada.ask("NS LOGOUT");
  await ada.ask("NS IDENTIFY sesame");
  server.clock.advance(NICK_SECONDS * 1000 + 1000);
  assertEquals(await ada.heard(), []);
  await ada.ask("NS LOGOUT");
  await ada.ask("NICK eda");
  server.clock.advance(NICK_SECONDS * 1000 + 1000);
  assertEquals(await ada.heard(), []);
});

Deno.test("PASS takes an account and its password", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { password: "ada:sesame" });
  assertEquals((await ada.ask("WHOIS ada")).some((line) => line.includes(" 330 ")), true);
  const wrong = await server.connect();
  assertEquals(await wrong.ask("PASS ada:wrong"), [
    ":chat.test 464 * :Incorrect account or password; you are not logged in",
  ]);
  for (const password of ["sesame", ":sesame"]) {
    const client = await server.connect();
    assertEquals(await client.ask(`PASS ${password}`), []);
  }
});

Deno.test("PASS gives the server password if there is one, even if it contains a colon", async () => {
  await using server = await TestServer.start({ password: "ada:sesame" });
  const ada = await server.connect();
  const [first] = await ada.introduce({ nick: "ada", password: "ada:sesame" });
  assertEquals(first?.split(" ")[1], "001");
});

Deno.test("a user connected twice under two nicks is told how to share one", async () => {
  await using server = await serverWithAda();
  await server.register("ada", { login: ["ada", "sesame"] });
  const mobile = await server.register("eda");
  await mobile.ask("NS IDENTIFY ada sesame");
  server.clock.advance(1500);
  assertEquals(await mobile.ask("NICK ada"), [
    ":chat.test 433 eda ada :You use this nick on another connection. To share it, connect " +
    "again and log in first, by SASL or with the password NAME:PASSWORD",
  ]);
});
