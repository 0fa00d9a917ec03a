import { assert, assertEquals } from "@std/assert";
import { DEFAULT_ACCOUNT_RULES } from "../../../server/config/options.ts";
import { plain } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

Deno.test("REGISTER makes an account named after the nick and logs the user in", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("Ada");
  assertEquals(await ada.ask("REGISTER * * sesame"), [
    ":chat.test REGISTER SUCCESS Ada :Your account has been created",
    ":chat.test 900 Ada Ada!~Ada@127.0.0.1 Ada :You are now logged in as Ada",
  ]);
  assertEquals(server.log.slice(1), [
    ["account registered", { account: "Ada", address: "127.0.0.1" }],
    ["logged in", { account: "Ada", address: "127.0.0.1" }],
  ]);
});

Deno.test("REGISTER works before the connection is registered, for an account named after the nick", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  await ada.ask("NICK ada");
  assertEquals(await ada.ask("REGISTER ADA * sesame"), [
    ":chat.test REGISTER SUCCESS ADA :Your account has been created",
    ":chat.test 900 ada ada!*@127.0.0.1 ADA :You are now logged in as ADA",
  ]);
  await ada.send("USER u 0 * r");
  await ada.expect("001");
});

Deno.test("a password longer than an ordinary line works in REGISTER, AUTHENTICATE and PASS", async () => {
  await using server = await TestServer.start();
  const password = "x".repeat(600);
  const ada = await server.register("ada");
  assertEquals((await ada.ask(`REGISTER * * ${password}`)).length, 2);
  const bob = await server.connect();
  const response = plain("ada", password);
  await bob.send("CAP REQ sasl", "AUTHENTICATE PLAIN");
  for (let at = 0; at <= response.length; at += 400) {
    await bob.send(`AUTHENTICATE ${response.slice(at, at + 400) || "+"}`);
  }
  await bob.until("903");
  const eve = await server.connect();
  await eve.send(`PASS ada:${password}`);
  await eve.until("900");
});

Deno.test("on a server with a password, REGISTER is refused until the connection is registered", async () => {
  await using server = await TestServer.start({ password: "open" });
  const eve = await server.connect();
  await eve.ask("NICK eve");
  const description = "Finish connecting first, then try again";
  for (const line of ["REGISTER * * sesame", "VERIFY * 1"]) {
    const [command] = line.split(" ");
    assertEquals(await eve.ask(line), [
      `:chat.test FAIL ${command} COMPLETE_CONNECTION_REQUIRED * :${description}`,
    ]);
  }
  assert(
    !(await eve.ask("CAP LS 302")).some((line) => line.includes("registration=before-connect")),
  );
  const ada = await server.register("ada", { password: "open" });
  assertEquals((await ada.ask("REGISTER * * sesame")).length, 2);
});

Deno.test("REGISTER with wrong parameters gets the reason, and the correct command still works", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const withoutNick = await server.connect();
  const table: readonly [sent: string, code: string, name: string, description: string][] = [
    [
      "bob * x",
      "ACCOUNT_NAME_MUST_BE_NICK",
      "bob",
      "An account name must be your nick; change to that nick first, with NICK",
    ],
    ["* * ADA", "WEAK_PASSWORD", "ada", "Choose a password that is not empty and is not your name"],
    ["* * :", "WEAK_PASSWORD", "ada", "Choose a password that is not empty and is not your name"],
    [
      `* * ${"x".repeat(601)}`,
      "UNACCEPTABLE_PASSWORD",
      "ada",
      "A password can be at most 600 bytes long",
    ],
    [
      "* a\x1b@b.c sesame",
      "INVALID_EMAIL",
      "ada",
      "Give an email address, as in ada@example.org",
    ],
    ["* ada sesame", "INVALID_EMAIL", "ada", "Give an email address, as in ada@example.org"],
  ];
  for (const [sent, code, name, description] of table) {
    assertEquals(await ada.ask(`REGISTER ${sent}`), [
      `:chat.test FAIL REGISTER ${code} ${name} :${description}`,
    ]);
  }
  assertEquals(await withoutNick.ask("REGISTER * * sesame"), [
    ":chat.test FAIL REGISTER NEED_NICK * :Choose a nick first, with NICK",
  ]);
  assertEquals((await ada.ask("REGISTER * ada@example.org sesame")).length, 2);
});

Deno.test("REGISTER of another user's nick or account is refused", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const eve = await server.connect();
  const taken = [
    ":chat.test FAIL REGISTER ACCOUNT_EXISTS ada :That nick is taken by another user; choose another one",
  ];
  await eve.ask("NICK ada");
  assertEquals(await eve.ask("REGISTER * * sesame"), taken);
  await ada.ask("REGISTER * * sesame");
  assertEquals(await ada.ask("REGISTER * * again"), [
    ":chat.test FAIL REGISTER ALREADY_AUTHENTICATED ada :You are logged in as ada",
  ]);
  await ada.send("QUIT");
  await ada.untilEnd();
  assertEquals(await eve.ask("REGISTER ada * other"), taken);
});

Deno.test("of two clients that register the same name at once, one gets the account", async () => {
  await using server = await TestServer.start();
  const clients = [await server.connect(), await server.connect()];
  for (const client of clients) await client.ask("NICK ada");
  const answers = await Promise.all(clients.map((client) => client.ask("REGISTER * * sesame")));
  assertEquals(answers.map(({ length }) => length).sort(), [1, 2]);
  assert(answers.flat().some((line) => line.includes("ACCOUNT_EXISTS")));
});

Deno.test("with beforeConnect off, REGISTER needs a registered connection, as the capability says", async () => {
  await using server = await TestServer.start({
    accounts: { ...DEFAULT_ACCOUNT_RULES, beforeConnect: false },
  });
  const ada = await server.connect();
  await ada.ask("NICK ada");
  assert((await ada.ask("CAP LS 302")).some((line) => line.includes("account-registration ")));
  assertEquals(await ada.ask("REGISTER * * sesame"), [
    ":chat.test FAIL REGISTER COMPLETE_CONNECTION_REQUIRED * :Finish connecting first, then try again",
  ]);
});

Deno.test("with requireEmail on, REGISTER needs an address, as the capability says", async () => {
  await using server = await TestServer.start({
    accounts: { ...DEFAULT_ACCOUNT_RULES, requireEmail: true },
  });
  const ada = await server.register("ada");
  assert((await ada.ask("CAP LS 302")).some((line) => line.includes("email-required")));
  assertEquals(await ada.ask("REGISTER * * sesame"), [
    ":chat.test FAIL REGISTER INVALID_EMAIL ada :Give an email address, as in ada@example.org",
  ]);
  assertEquals((await ada.ask("REGISTER * ada@example.org sesame")).length, 2);
});

Deno.test("VERIFY always fails, because REGISTER needs no verification", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("VERIFY ada 123"), [
    ":chat.test FAIL VERIFY INVALID_CODE ada :This server does not use verification codes; log in, or use REGISTER",
  ]);
  await ada.ask("REGISTER * * sesame");
  assertEquals(await ada.ask("VERIFY ada 123"), [
    ":chat.test FAIL VERIFY ALREADY_AUTHENTICATED ada :You are already logged in as ada",
  ]);
});
