import { assert, assertEquals } from "@std/assert";
import { TRIES, TRY_SECONDS } from "../../../server/auth/logins.ts";
import { parseRange } from "../../../shared/ip.ts";
import { base64, type IrcClient, plain } from "../../support/irc_client.ts";
import { proxyV1 } from "../../support/proxy_header.ts";
import { ScramClient } from "../../support/scram_client.ts";
import { type Overrides, TestServer } from "../../support/server.ts";

/** Starts a server on which Ada has an account and is not connected. */
async function serverWithAda(overrides: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start(overrides);
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  await ada.send("QUIT");
  await ada.untilEnd();
  server.log.splice(0);
  return server;
}

/** Connects a client that has the capability sasl and has not registered. */
async function newcomer(server: TestServer): Promise<IrcClient> {
  const client = await server.connect();
  await client.ask("CAP REQ sasl");
  return client;
}

const REFUSED = ":chat.test 904 * :SASL authentication failed: Incorrect account or password";
const CONTINUE = ":chat.test AUTHENTICATE +";

async function logIn(client: IrcClient, account: string, password: string): Promise<string[]> {
  assertEquals(await client.ask("AUTHENTICATE PLAIN"), [CONTINUE]);
  return await client.ask(`AUTHENTICATE ${plain(account, password)}`);
}

Deno.test("PLAIN with the right password logs in before registration", async () => {
  await using server = await serverWithAda();
  const ada = await newcomer(server);
  assertEquals(await logIn(ada, "ADA", "sesame"), [
    ":chat.test 900 * *!*@127.0.0.1 ada :You are now logged in as ada",
    ":chat.test 903 * :SASL authentication successful",
  ]);
  await ada.send("NICK ada", "USER u 0 * r", "CAP END");
  await ada.expect("001");
  assertEquals(server.log, [
    ["logged in", { account: "ada", address: "127.0.0.1" }],
    ["connected", { nick: "ada", address: "127.0.0.1" }],
  ]);
});

Deno.test("PLAIN gives a wrong password and an unknown account the same reply, and may be tried again", async () => {
  await using server = await serverWithAda();
  const ada = await newcomer(server);
  assertEquals(await logIn(ada, "ada", "wrong"), [REFUSED]);
  assertEquals(await logIn(ada, "nobody", "sesame"), [REFUSED]);
  assertEquals((await logIn(ada, "ada", "sesame")).length, 2);
  const refused = server.log.filter(([message]) => message === "login refused");
  assertEquals(refused.map(([, { account }]) => account), ["ada", "nobody"]);
});

Deno.test("a password logs in by PLAIN and SCRAM as it was typed, normalized or prepared", async () => {
  await using server = await TestServer.start();
  const cases = [
    ["wait\u2026here", "wait...here"],
    ["5\u00b2=25", "52=25"],
    ["soft\u00ad\u00b2", "soft2", "soft\u00ad2"],
    ["no\u00a0break", "no break"],
  ];
  for (const [index, forms] of cases.entries()) {
    const name = `ada${index}`;
    const ada = await server.register(name);
    await ada.ask(`REGISTER * * ${forms[0]}`);
    for (const form of forms) {
      assertEquals((await logIn(await newcomer(server), name, form)).length, 2, `PLAIN ${form}`);
      const scram = new ScramClient(name, form);
      const client = await newcomer(server);
      await client.ask("AUTHENTICATE SCRAM-SHA-256");
      const final = await respond(client, scram.second(await respond(client, scram.first)));
      assert(scram.accepts(final), `SCRAM ${form}`);
    }
  }
});

Deno.test("commands sent while a password is checked run after the check", async () => {
  await using server = await serverWithAda();
  const ada = await newcomer(server);
  await ada.send(
    "AUTHENTICATE PLAIN",
    `AUTHENTICATE ${plain("ada", "sesame")}`,
    "NICK ada",
    "USER u 0 * r",
    "CAP END",
    "PING last",
  );
  for (const command of ["AUTHENTICATE", "900", "903", "001"]) await ada.expect(command);
  await ada.until("PONG");
});

Deno.test("the server answers other clients while it checks passwords", async () => {
  await using server = await serverWithAda();
  const bob = await server.register("bob");
  const clients = await Promise.all(Array.from({ length: 8 }, () => newcomer(server)));
  await Promise.all(
    clients.map((client) =>
      client.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${plain("ada", "sesame")}`, "PING done")
    ),
  );
  let answered = 0;
  const all = Promise.all(clients.map(async (client) => {
    await client.until("PONG");
    answered++;
  }));
  await bob.heard();
  assert(answered < 8, "Bob's PONG comes before all logins are done");
  await all;
});

Deno.test("a client killed while its password is checked is not logged in", async () => {
  await using server = await serverWithAda({ operators: [{ name: "root", password: "secret" }] });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  const eve = await server.register("eve", { caps: "sasl" });
  await eve.ask("AUTHENTICATE PLAIN");
  // Both lines are in one write, so the check has begun when the message arrives.
  await eve.send("PRIVMSG root :now", `AUTHENTICATE ${plain("ada", "sesame")}`);
  await root.until("PRIVMSG");
  await root.send("KILL eve");
  await eve.untilEnd();
  // Passwords are checked one after another: when this check is done, so is the earlier one.
  await root.ask("REGISTER * * shovel");
  const accounts = server.log.flatMap(([message, { account = "" }]) =>
    message === "logged in" ? [account] : []
  );
  assertEquals(accounts, ["root"]);
});

Deno.test("SCRAM-SHA-256 proves to both sides that the other knows the password", async () => {
  await using server = await serverWithAda();
  const ada = await newcomer(server);
  const client = new ScramClient("ada", "sesame");
  assertEquals(await ada.ask("AUTHENTICATE SCRAM-SHA-256"), [CONTINUE]);
  assert(client.accepts(await respond(ada, client.second(await respond(ada, client.first)))));
  assertEquals((await ada.ask("AUTHENTICATE +")).map((line) => line.split(" ")[1]), ["900", "903"]);
});

Deno.test("SCRAM-SHA-256 does not reveal whether an account exists", async () => {
  await using server = await serverWithAda();
  const challenges: string[] = [];
  for (const account of ["ada", "nobody", "nobody"]) {
    const ada = await newcomer(server);
    const client = new ScramClient(account, "wrong");
    await ada.ask("AUTHENTICATE SCRAM-SHA-256");
    const challenge = await respond(ada, client.first);
    challenges.push(challenge.split(",").slice(1).join());
    assertEquals(await ada.ask(`AUTHENTICATE ${base64(client.second(challenge))}`), [REFUSED]);
  }
  const [known, unknown, unknownAgain] = challenges;
  assertEquals(unknown, unknownAgain);
  assertEquals(known?.length, unknown?.length);
});

async function respond(client: IrcClient, text: string): Promise<string> {
  const [answer] = await client.askMessages(`AUTHENTICATE ${base64(text)}`);
  assertEquals(answer?.command, "AUTHENTICATE");
  return atob(answer?.params[0] ?? "");
}

Deno.test("AUTHENTICATE that fails gets the numeric and the reason, and may be tried again", async () => {
  await using server = await serverWithAda();
  const failed = (reason: string) => `:chat.test 904 * :SASL authentication failed: ${reason}`;
  const withoutSasl = await server.connect();
  assertEquals(await withoutSasl.ask("AUTHENTICATE PLAIN"), [
    failed("request the capability sasl first"),
  ]);
  const ada = await newcomer(server);
  assertEquals(await ada.ask("AUTHENTICATE FOO"), [
    ":chat.test 908 * PLAIN,SCRAM-SHA-256 :are available SASL mechanisms",
    failed("the server does not support this mechanism"),
  ]);
  const table: readonly [sent: string, answer: string][] = [
    ["*", ":chat.test 906 * :SASL authentication aborted"],
    ["!!!", failed("that is not UTF-8 in base64")],
    ["A".repeat(401), ":chat.test 905 * :SASL message too long; send it in parts of 400 bytes"],
    [base64("\0ada"), failed("PLAIN needs an account and a password, each after a NUL")],
  ];
  for (const [sent, answer] of table) {
    assertEquals(await ada.ask("AUTHENTICATE PLAIN"), [CONTINUE], "a new attempt begins");
    assertEquals(await ada.ask(`AUTHENTICATE ${sent}`), [answer]);
  }
});

Deno.test("a client that registers in the middle of authentication gets ERR_SASLABORTED", async () => {
  await using server = await serverWithAda();
  const client = await newcomer(server);
  await client.ask("AUTHENTICATE PLAIN");
  await client.send("NICK bob", "USER u 0 * r", "CAP END");
  await client.expect("906");
  await client.expect("001");
});

Deno.test("a registered user can log in to another account", async () => {
  await using server = await serverWithAda();
  const bob = await server.register("bob", { caps: "sasl account-notify" });
  await bob.ask("REGISTER * * shovel");
  await bob.ask("NICK robert");
  assertEquals(await logIn(bob, "ada", "sesame"), [
    ":chat.test 900 robert robert!~bob@127.0.0.1 ada :You are now logged in as ada",
    ":robert!~bob@127.0.0.1 ACCOUNT ada",
    ":chat.test 903 robert :SASL authentication successful",
  ]);
});

/** Sends as many wrong proofs as the limit allows; a proof is checked faster than a password. */
async function guess(client: IrcClient): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    await client.ask("AUTHENTICATE SCRAM-SHA-256");
    await respond(client, "n,,n=ada,r=x");
    assertEquals(await client.ask("AUTHENTICATE AAAA"), [REFUSED]);
  }
}

Deno.test("after wrong passwords from another address, an address that logged in before can still log in", async () => {
  const trustedProxies = [parseRange("127.0.0.1")].flatMap((range) => range ?? []);
  await using server = await serverWithAda({ trustedProxies });
  const from = async (address: string) => {
    const client = await server.connect();
    await client.sendBytes(proxyV1(address));
    await client.ask("CAP REQ sasl");
    return client;
  };
  await guess(await from("192.0.2.1"));
  const [answer = ""] = await logIn(await from("192.0.2.2"), "ada", "sesame");
  assert(answer.includes("Too many wrong passwords"), answer);
  assertEquals((await logIn(await newcomer(server), "ada", "sesame")).length, 2);
});

Deno.test("after too many wrong passwords, the right password is refused until the limit ends", async () => {
  await using server = await serverWithAda();
  const wrong = await newcomer(server);
  await guess(wrong);
  const [answer] = await logIn(wrong, "ada", "sesame");
  const reason = "Too many wrong passwords; try again in a minute";
  assertEquals(answer, `:chat.test 904 * :SASL authentication failed: ${reason}`);
  server.clock.advance(TRY_SECONDS * 1000 - 1000);
  const ada = await newcomer(server);
  assertEquals((await logIn(ada, "ada", "sesame"))[0]?.includes("Too many"), true);
  server.clock.advance(2000);
  assertEquals((await logIn(ada, "ada", "sesame")).length, 2);
});

Deno.test("a login with a label gets its reply with that label when the check is done", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("bob", { caps: "sasl labeled-response batch" });
  await ada.ask("AUTHENTICATE PLAIN");
  const answer = await ada.ask(`@label=x AUTHENTICATE ${plain("ada", "sesame")}`);
  const [, reference] = /BATCH \+(\S+)/.exec(answer[0] ?? "") ?? [];
  assertEquals(answer.map((line) => line.split(" ").slice(0, 3).join(" ")), [
    "@label=x :chat.test BATCH",
    `@batch=${reference} :chat.test 900`,
    `@batch=${reference} :chat.test 903`,
    `:chat.test BATCH -${reference}`,
  ]);
});
