import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Certificate, makeCertificate } from "../../../shared/certificate.ts";
import { TRIES, TRY_SECONDS } from "../../../server/auth/logins.ts";
import { Identity } from "../../../server/net/identity.ts";
import type { Introduction, IrcClient } from "../../support/irc_client.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });
const ADAS = await makeCertificate({ names: [], days: 1 });
const BOBS = await makeCertificate({ names: [], days: 1 });

const ROOT: Overrides = { operators: [{ name: "root", password: "secret" }] };
const BY_INVITATION = "ERROR :This server is invitation-only. ";
const UNINVITED =
  `${BY_INVITATION}Ask a member for an invitation (they type /invite), or log in to ` +
  "your account with its key, SASL, or the password NAME:PASSWORD";

function closedServer(changes: Overrides = {}): Promise<TestServer> {
  return TestServer.start({ inviteOnly: true, ...changes }, { identity: new Identity(SERVER) });
}

/** Registers the owner, Ada, with the key of `certificate` or else a password. */
async function registerOwner(server: TestServer, certificate?: Certificate): Promise<IrcClient> {
  const ada = await connect(server, certificate);
  await ada.send(`PASS ${server.server.claim()}`);
  await ada.introduce({ nick: "ada" });
  if (!certificate) await ada.ask("REGISTER * * sesame");
  assertEquals(await ada.ask("MODE ada"), [":chat.test 221 ada +o"]);
  return ada;
}

async function connect(server: TestServer, certificate?: Certificate): Promise<IrcClient> {
  if (!certificate) return await server.connect();
  const { key, cert } = certificate;
  const client = await server.encrypted({ key, cert });
  client.read();
  return client;
}

async function leave(client: IrcClient): Promise<void> {
  await client.send("QUIT");
  await client.untilEnd();
}

/** Makes an invitation; resolves to its token. */
async function invitation(client: IrcClient, terms = "*"): Promise<string> {
  const [, line = ""] = await client.ask(`INVITATION ${terms}`);
  return tokenIn(line);
}

function tokenIn(line: string): string {
  const [, token] = /[?&]token=([\w-]+)"$/.exec(line) ?? [];
  assert(token, line);
  return token;
}

/** Sends `lines` and tries to register, which must fail; resolves to the lines of the server. */
async function refusal(server: TestServer, ...lines: string[]): Promise<string[]> {
  const client = await server.connect();
  await client.send(...lines, "NICK bob", "USER bob 0 * :b");
  return await client.untilEnd();
}

/** Registers a client, which must succeed, and leaves; resolves to its account. */
async function registeredAs(
  server: TestServer,
  introduction: Introduction,
  certificate?: Certificate,
): Promise<string | undefined> {
  const client = await connect(server, certificate);
  const heard = await client.introduce(introduction);
  assert(heard.some((line) => line.includes(" 001 ")), heard.join(" | "));
  const whois = await client.ask(`WHOIS ${introduction.nick}`);
  await leave(client);
  return whois.find((line) => line.includes(" 330 "))?.split(" ")[4];
}

Deno.test("a client without account and invitation gets one line that says what to do", async () => {
  await using server = await closedServer();
  await registerOwner(server);
  assertEquals(await refusal(server), [UNINVITED]);
  assertEquals(server.log.at(-1), [
    "refused",
    { address: "127.0.0.1", reason: UNINVITED.slice("ERROR :".length) },
  ]);
});

Deno.test("the owner of an account is admitted by SASL and by PASS, not with a wrong password", async () => {
  await using server = await closedServer();
  await registerOwner(server);
  assertEquals(await registeredAs(server, { nick: "eda", login: ["ada", "sesame"] }), "ada");
  assertEquals(await registeredAs(server, { nick: "eda", password: "ada:sesame" }), "ada");
  assertEquals(await refusal(server, "PASS ada:wrong"), [
    ":chat.test 464 * :Incorrect account or password; you are not logged in",
    UNINVITED,
  ]);
});

Deno.test("the owner of an account is admitted by its key, under any nick", async () => {
  await using server = await closedServer();
  await leave(await registerOwner(server, ADAS));
  assertEquals(await registeredAs(server, { nick: "ada" }, ADAS), "ada");
  assertEquals(await registeredAs(server, { nick: "eda" }, ADAS), "ada");
  const bob = await connect(server, BOBS);
  await bob.send("NICK ada", "USER b 0 * :b");
  assertEquals(await bob.untilEnd(), [UNINVITED]);
});

Deno.test("an invited client is admitted by REDEEM or PASS, and later by its key", async () => {
  await using server = await closedServer();
  const ada = await registerOwner(server);
  for (const command of ["REDEEM", "PASS"]) {
    const bob = await connect(server, BOBS);
    await bob.send(`${command} ${await invitation(ada)}`);
    const heard = await bob.introduce({ nick: "bob" });
    assert(!heard.some((line) => line.includes("To connect again")), heard.join(" | "));
    await leave(bob);
  }
  assertEquals(await registeredAs(server, { nick: "bob" }, BOBS), "bob");
});

Deno.test("an invitation to a room overrides the server password and the room's mode i", async () => {
  await using server = await closedServer({ password: "open" });
  const ada = await registerOwner(server);
  await ada.ask("JOIN #a");
  await ada.ask("MODE #a +i");
  const bob = await server.connect();
  await bob.send(`PASS ${await invitation(ada, "#a")}`);
  const heard = await bob.introduce({ nick: "bob" });
  assert(heard.includes(":bob!~bob@127.0.0.1 JOIN #a"), heard.join(" | "));
});

Deno.test("an invited client without an account is told how to be admitted again", async () => {
  await using server = await closedServer();
  const ada = await registerOwner(server);
  const bob = await server.connect();
  const token = await invitation(ada);
  await bob.send(`PASS ${token}`);
  assertEquals(
    (await bob.introduce({ nick: "bob" })).at(-1),
    ":chat.test NOTICE bob :To connect again without another invitation, register an account: " +
      "/quote REGISTER * * PASSWORD, or /msg NickServ REGISTER PASSWORD",
  );
  await bob.ask("REGISTER * * tea");
  await leave(bob);
  assertEquals(await registeredAs(server, { nick: "bob", password: "bob:tea" }), "bob");
});

Deno.test("a client with an invalid token is not admitted, and the error says why", async () => {
  await using server = await closedServer();
  const ada = await registerOwner(server);
  const once = await invitation(ada);
  await registeredAs(server, { nick: "kim", password: once });
  assertEquals(await refusal(server, `PASS ${once}`), [
    `${BY_INVITATION}That token has already been used: ask for another`,
  ]);
  const brief = await invitation(ada, "* 1s");
  server.clock.advance(1000);
  assertEquals(await refusal(server, `REDEEM ${brief}`), [
    `${BY_INVITATION}That token has expired: ask for another`,
  ]);
  assertEquals(await refusal(server, "PASS hunter2"), [
    `${BY_INVITATION}This server has no such token, or it was revoked: check that you copied ` +
    "all of it, or ask for another",
  ]);
});

Deno.test("tries of wrong tokens are limited per address", async () => {
  await using server = await closedServer();
  const token = await invitation(await registerOwner(server));
  for (let i = 0; i < TRIES; i++) await refusal(server, `PASS wrong${i}`);
  assertEquals(await refusal(server, `PASS ${token}`), [
    `${BY_INVITATION}Too many wrong tokens from your address; try again in a minute`,
  ]);
  server.clock.advance(TRY_SECONDS * 1000);
  await registeredAs(server, { nick: "bob", password: token });
});

Deno.test("no account can be made before a client is admitted", async () => {
  await using server = await closedServer();
  await registerOwner(server);
  const bob = await server.connect();
  await bob.send("CAP LS 302");
  const caps = (await bob.heard()).join(" ").split(" ");
  assert(caps.includes("draft/account-registration"), caps.join(" "));
  await bob.send("NICK bob");
  const [answer = ""] = await bob.ask("REGISTER * * tea");
  assertStringIncludes(answer, " FAIL REGISTER COMPLETE_CONNECTION_REQUIRED ");
  const eve = await connect(server, BOBS);
  await eve.send("NICK eve", "USER e 0 * :e");
  assertEquals(await eve.untilEnd(), [UNINVITED]);
});

Deno.test("an account does not replace the server password, but a token replaces both account and password", async () => {
  await using server = await closedServer({ password: "open" });
  const ada = await registerOwner(server);
  assertEquals(
    (await refusal(server, "CAP REQ sasl", "PASS ada:sesame", "CAP END")).at(-1),
    "ERROR :Wrong password",
  );
  assertEquals(await refusal(server, "PASS open"), [UNINVITED]);
  await registeredAs(server, { nick: "bob", password: await invitation(ada) });
});

Deno.test("a banned client is refused even with an invitation", async () => {
  await using server = await closedServer();
  const ada = await registerOwner(server);
  await ada.ask("KLINE bob!*@*");
  const answer = await refusal(server, `PASS ${await invitation(ada)}`);
  assertEquals(answer.at(-1)?.startsWith("ERROR :Banned"), true, answer.join(" | "));
});

Deno.test("the owner's token admits the owner, even if the configuration names operators", async () => {
  using folder = new TempFolder();
  const changes: Overrides = { ...ROOT, memory: false, data: folder.path };
  {
    await using server = await closedServer(changes);
    assertEquals(await refusal(server), [UNINVITED]);
    await registerOwner(server);
  }
  await using server = await closedServer(changes);
  assertEquals(server.server.claim(), undefined);
  assertEquals(await registeredAs(server, { nick: "ada", login: ["ada", "sesame"] }), "ada");
});

Deno.test("a code of LINK admits another machine of a member, if that machine presents a key", async () => {
  await using server = await closedServer();
  const ada = await registerOwner(server, ADAS);
  const [explanation = "", line = ""] = await ada.ask("LINK");
  assertStringIncludes(
    explanation,
    "Run the following command on your other machine. It works once, within 10 minutes",
  );
  const code = tokenIn(line);
  const reason = "Your client presents no key, so the server could not recognize it again: " +
    "connect over TLS, with a chat:// address. The code can still be used";
  assertEquals(await refusal(server, `REDEEM ${code}`), [`${BY_INVITATION}${reason}`]);
  const phone = await connect(server, BOBS);
  await phone.send(`REDEEM ${code}`);
  // No account of that name is made.
  await phone.introduce({ nick: "eda" });
  await leave(phone);
  assertEquals(await registeredAs(server, { nick: "eda" }, BOBS), "ada");
});

Deno.test("a user who has lost their key is admitted by a code from an operator", async () => {
  await using server = await closedServer();
  const ada = await registerOwner(server);
  const bob = await connect(server, ADAS);
  await bob.send(`PASS ${await invitation(ada)}`);
  await bob.introduce({ nick: "bob" });
  await leave(bob);
  const [explanation = "", line = ""] = await ada.ask("LINK bob");
  assertStringIncludes(
    explanation,
    "The user who runs the following command within 24 hours gets the account bob",
  );
  const again = await connect(server, BOBS);
  await again.send(`REDEEM ${tokenIn(line)}`);
  await again.introduce({ nick: "bobby" });
  await leave(again);
  assertEquals(await registeredAs(server, { nick: "bobby" }, BOBS), "bob");
});

Deno.test("tries of wrong server passwords are limited per address", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  for (let i = 0; i < TRIES; i++) await refusal(server, `PASS wrong${i}`);
  const tooOften = [
    ":chat.test 464 bob :Too many wrong passwords; try again in a minute",
    "ERROR :Too many wrong passwords",
  ];
  assertEquals(await refusal(server, "PASS sesame"), tooOften);
  assertEquals(await refusal(server), [
    ":chat.test 464 bob :This server requires a password; connect again with it",
    "ERROR :Password required",
  ]);
  server.clock.advance(TRY_SECONDS * 1000);
  await server.register("ada", { password: "sesame" });
});
