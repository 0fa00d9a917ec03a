import { assertEquals } from "@std/assert";
import { TestServer } from "./support/server.ts";

const ADA = "ada!~ada@127.0.0.1";

Deno.test("those around a user hear of their account, if they asked to, and nobody else", async () => {
  await using server = new TestServer();
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

Deno.test("who logged in before they came joins with their account", async () => {
  await using server = new TestServer();
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

Deno.test("WHOIS and WHOX tell the account", async () => {
  await using server = new TestServer();
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

Deno.test("who watches a nick hears of its account from afar", async () => {
  await using server = new TestServer();
  const bob = await server.register("bob", { caps: "extended-monitor account-notify" });
  const eve = await server.register("eve", { caps: "extended-monitor" });
  const ada = await server.register("ada");
  for (const client of [bob, eve]) await client.ask("MONITOR + ada");
  await ada.ask("REGISTER * * sesame");
  assertEquals(await bob.heard(), [`:${ADA} ACCOUNT ada`]);
  assertEquals(await eve.heard(), []);
});
