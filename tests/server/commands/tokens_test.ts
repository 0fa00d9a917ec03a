import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { TRIES, TRY_SECONDS } from "../../../server/auth/logins.ts";
import { operators } from "../../../server/cli/operators.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ADA = "ada!~ada@127.0.0.1";
const OWNED = "You own this server: you are its operator, and the founder of #lobby";
const fail = (
  code: string,
  description: string,
) => [`:chat.test FAIL REDEEM ${code} :${description}`];
const INVALID = fail(
  "INVALID_TOKEN",
  "This server has no such token, or it was revoked: check that you copied all of it, or ask for another",
);

/** Returns the token with which the first owner claims the server. */
function claim({ server }: TestServer): string {
  const token = server.claim();
  assert(token, "the server has an owner");
  return token;
}

/** Registers a client and makes an account for it, named after the nick. */
async function withAccount(server: TestServer, nick: string): Promise<IrcClient> {
  const client = await server.register(nick);
  await client.ask("REGISTER * * sesame");
  return client;
}

/** Registers; returns the lines after the end of the welcome. */
async function linesAfterWelcome(client: IrcClient, nick: string): Promise<string[]> {
  const heard = await client.introduce({ nick });
  return heard.slice(heard.findIndex((line) => line.includes(" 422 ")) + 1);
}

Deno.test("REDEEM with the first token makes a server operator and founder of the default channel", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#lobby" });
  const ada = await withAccount(server, "ada");
  assertEquals(await ada.ask(`REDEEM ${claim(server)}`), [
    `:${ADA} MODE ada +o`,
    ":chat.test 381 ada :You are now an IRC operator",
    `:${ADA} JOIN #lobby`,
    ":chat.test 353 ada = #lobby :@bob ada",
    ":chat.test 366 ada #lobby :End of NAMES list",
    ":chat.test MODE #lobby +qo ada ada",
    `:chat.test NOTICE ada :${OWNED}`,
  ]);
  assertEquals(await bob.heard(), [
    `:${ADA} JOIN #lobby`,
    ":chat.test MODE #lobby +qo ada ada",
  ]);
  assertEquals(server.server.claim(), undefined);
  const logged = JSON.stringify(server.log.filter(([message]) => message === "token redeemed"));
  assertEquals(logged, '[["token redeemed",{"token":"owner","nick":"ada","address":"127.0.0.1"}]]');
});

Deno.test("ownership survives a restart, after which there is no token", async () => {
  using folder = new TempFolder();
  const overrides: Overrides = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(overrides);
    const ada = await withAccount(server, "ada");
    await ada.ask(`REDEEM ${claim(server)}`);
  }
  await using server = await TestServer.start(overrides);
  assertEquals(server.server.claim(), undefined);
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
  await ada.ask("JOIN #lobby");
  assertEquals((await ada.ask("NAMES #lobby"))[0], ":chat.test 353 ada = #lobby :~ada");
});

Deno.test("an unused token expires when the server restarts, or when an operator is named", async () => {
  using folder = new TempFolder();
  const overrides: Overrides = { memory: false, data: folder.path };
  const tokens: string[] = [];
  for (let start = 0; start < 2; start++) {
    await using server = await TestServer.start(overrides);
    tokens.push(claim(server));
    if (start === 0) await withAccount(server, "ada");
  }
  const [first = "", second = ""] = tokens;
  assertNotEquals(first, second);
  await operators(["add", "ada", "--data", folder.path], new Map(), new FakeClock(0));
  await using server = await TestServer.start(overrides);
  assertEquals(server.server.claim(), undefined);
  const bob = await withAccount(server, "bob");
  for (const token of [first, second]) assertEquals(await bob.ask(`REDEEM ${token}`), INVALID);
});

Deno.test("a server with operators in its configuration has no token", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  assertEquals(server.server.claim(), undefined);
});

Deno.test("REDEEM without an account explains REGISTER, which then redeems the token", async () => {
  await using server = await TestServer.start();
  const token = claim(server);
  const ada = await server.register("ada");
  const [answer] = await ada.ask(`REDEEM ${token}`);
  assert(answer?.startsWith(":chat.test FAIL REDEEM ACCOUNT_REQUIRED :"), answer);
  assertStringIncludes(answer ?? "", "/quote REGISTER * * PASSWORD");
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +"]);
  const made = await ada.ask("REGISTER * * sesame");
  assertEquals(made.at(-1), `:chat.test NOTICE ada :${OWNED}`);
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
});

Deno.test("of two clients with one token, the second gets TOKEN_USED; the first can repeat it", async () => {
  await using server = await TestServer.start();
  const token = claim(server);
  const [ada, bob] = [await withAccount(server, "ada"), await withAccount(server, "bob")];
  // Both at once: the one that the server reads first wins.
  await Promise.all([ada.send(`REDEEM ${token}`), bob.send(`REDEEM ${token}`)]);
  const heard = [await ada.heard(), await bob.heard()];
  const losers = heard.filter((lines) => lines.at(-1)?.includes(" FAIL "));
  assertEquals(losers.map((lines) => lines.at(-1)), [
    ":chat.test FAIL REDEEM TOKEN_USED :That token has already been used: ask for another",
  ]);
  const isOperator = await Promise.all([ada, bob].map((each) => each.ask("STATS k")));
  assertEquals(isOperator.filter((lines) => lines[0]?.includes(" 481 ")).length, 1);
  const winner = heard[0] === losers[0] ? bob : ada;
  assertEquals(await winner.ask(`REDEEM ${token}`), []);
});

Deno.test("a token sent with REDEEM or PASS before registration is redeemed at registration", async () => {
  for (const command of ["REDEEM", "PASS"]) {
    await using server = await TestServer.start();
    await withAccount(server, "ada");
    const other = await server.connect();
    await other.send(`${command} ${claim(server)}`);
    const heard = await other.introduce({ nick: "eda", login: ["ada", "sesame"] });
    assertEquals(heard.at(-1), `:chat.test NOTICE eda :${OWNED}`, command);
  }
});

Deno.test("a token replaces the server password", async () => {
  await using server = await TestServer.start({ password: "open" });
  const token = claim(server);
  const ada = await server.connect();
  await ada.send(`PASS ${token}`);
  const [answer] = await linesAfterWelcome(ada, "ada");
  assert(answer?.includes("FAIL REDEEM ACCOUNT_REQUIRED"), answer);
  const bob = await server.connect();
  await bob.send(`PASS ${token}x`, "NICK bob", "USER bob 0 * :b");
  assertEquals(await bob.untilEnd(), [
    ":chat.test 464 bob :Wrong password for this server; check it and connect again",
    "ERROR :Wrong password",
  ]);
  // A client can send both a token and the password.
  const eve = await server.connect();
  await eve.send(`REDEEM ${token}`, "PASS open");
  assert((await linesAfterWelcome(eve, "eve"))[0]?.includes("ACCOUNT_REQUIRED"));
});

Deno.test("PASS with an unknown token lets the client register and gets one FAIL", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  await ada.send("PASS hunter2");
  assertEquals(await linesAfterWelcome(ada, "ada"), INVALID);
  assertEquals(await ada.ask("REDEEM"), [":chat.test 461 ada REDEEM :Not enough parameters"]);
});

Deno.test("after too many wrong tokens, the right token is refused until the limit ends", async () => {
  await using server = await TestServer.start();
  const token = claim(server);
  const ada = await withAccount(server, "ada");
  for (let i = 0; i < TRIES; i++) assertEquals(await ada.ask(`REDEEM wrong${i}`), INVALID);
  const limited = fail(
    "RATE_LIMITED",
    "Too many wrong tokens from your address; try again in a minute",
  );
  assertEquals(await ada.ask(`REDEEM ${token}`), limited);
  server.clock.advance(TRY_SECONDS * 1000);
  assertEquals((await ada.ask(`REDEEM ${token}`)).at(-1), `:chat.test NOTICE ada :${OWNED}`);
});

Deno.test("with standard-replies, the notice of ownership is a NOTE", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "standard-replies" });
  await ada.ask("REGISTER * * sesame");
  const heard = await ada.ask(`REDEEM ${claim(server)}`);
  assertEquals(heard.at(-1), `:chat.test NOTE REDEEM OWNER :${OWNED}`);
});

Deno.test("a token is not used up while the store cannot write", async () => {
  await using server = await TestServer.start();
  const token = claim(server);
  const ada = await withAccount(server, "ada");
  Object.defineProperty(server.store, "trouble", { value: "the disk is full", configurable: true });
  assertEquals((await ada.ask(`REDEEM ${token}`)).map((line) => line.split(" ")[3]), [
    "TEMPORARILY_UNAVAILABLE",
  ]);
  Reflect.deleteProperty(server.store, "trouble");
  assertEquals((await ada.ask(`REDEEM ${token}`)).at(-1), `:chat.test NOTICE ada :${OWNED}`);
});
