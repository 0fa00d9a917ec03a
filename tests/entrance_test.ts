import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Certificate, makeCertificate } from "../certificate.ts";
import { TRIES, TRY_SECONDS } from "../server/accounts/logins.ts";
import { Identity } from "../server/net/identity.ts";
import type { Introduction, IrcClient } from "./support/irc_client.ts";
import { type Overrides, TestServer } from "./support/server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });
const ADAS = await makeCertificate({ names: [], days: 1 });
const BOBS = await makeCertificate({ names: [], days: 1 });

const ROOT: Overrides = { operators: [{ name: "root", password: "secret" }] };
const BY_INVITATION = "ERROR :This server is by invitation. ";
const HOW = `${BY_INVITATION}Ask somebody who is in for a line to paste (/invite makes one), or ` +
  "log in to your account: by its key, by SASL, or with the password NAME:PASSWORD";

function closedServer(overrides: Overrides = {}): TestServer {
  return new TestServer({ inviteOnly: true, ...overrides }, { identity: new Identity(SERVER) });
}

/** The owner, ada, who has a password and, where a certificate is given, its key. */
async function owned(server: TestServer, certificate?: Certificate): Promise<IrcClient> {
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

/** The token of an invitation. */
async function invitation(client: IrcClient, terms = "*"): Promise<string> {
  const [, line = ""] = await client.ask(`INVITATION ${terms}`);
  return tokenIn(line);
}

function tokenIn(line: string): string {
  const [, token] = /[?&]token=([\w-]+)"$/.exec(line) ?? [];
  assert(token, line);
  return token;
}

/** What is told who is not let in, after `lines`. */
async function refused(server: TestServer, ...lines: string[]): Promise<string[]> {
  const client = await server.connect();
  await client.send(...lines, "NICK bob", "USER bob 0 * :b");
  return await client.untilEnd();
}

/** Whether somebody is let in, and the account that they then have. */
async function comesIn(
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

Deno.test("who has neither an account nor an invitation is told what to do, in one line", async () => {
  await using server = closedServer();
  await owned(server);
  assertEquals(await refused(server), [HOW]);
  assertEquals(server.log.at(-1), [
    "refused",
    { address: "127.0.0.1", reason: HOW.slice("ERROR :".length) },
  ]);
});

Deno.test("who has an account comes in by SASL and by PASS, not with a wrong password", async () => {
  await using server = closedServer();
  await owned(server);
  assertEquals(await comesIn(server, { nick: "eda", login: ["ada", "sesame"] }), "ada");
  assertEquals(await comesIn(server, { nick: "eda", password: "ada:sesame" }), "ada");
  assertEquals(await refused(server, "PASS ada:wrong"), [
    ":chat.test 464 * :Wrong account or password; you are not logged in",
    HOW,
  ]);
});

Deno.test("who has an account comes in by its key, under any nick", async () => {
  await using server = closedServer();
  await leave(await owned(server, ADAS));
  assertEquals(await comesIn(server, { nick: "ada" }, ADAS), "ada");
  assertEquals(await comesIn(server, { nick: "eda" }, ADAS), "ada");
  const bob = await connect(server, BOBS);
  await bob.send("NICK ada", "USER b 0 * :b");
  assertEquals(await bob.untilEnd(), [HOW]);
});

Deno.test("who is invited comes in, by REDEEM or PASS, and with a key for good", async () => {
  await using server = closedServer();
  const ada = await owned(server);
  for (const command of ["REDEEM", "PASS"]) {
    const bob = await connect(server, BOBS);
    await bob.send(`${command} ${await invitation(ada)}`);
    const heard = await bob.introduce({ nick: "bob" });
    assert(!heard.some((line) => line.includes("To be let in again")), heard.join(" | "));
    await leave(bob);
  }
  assertEquals(await comesIn(server, { nick: "bob" }, BOBS), "bob");
});

Deno.test("an invitation to a room leads into it, past all doors", async () => {
  await using server = closedServer({ password: "open" });
  const ada = await owned(server);
  await ada.ask("JOIN #a");
  await ada.ask("MODE #a +i");
  const bob = await server.connect();
  await bob.send(`PASS ${await invitation(ada, "#a")}`);
  const heard = await bob.introduce({ nick: "bob" });
  assert(heard.includes(":bob!~bob@127.0.0.1 JOIN #a"), heard.join(" | "));
});

Deno.test("who is invited and has no account is told how to be let in again", async () => {
  await using server = closedServer();
  const ada = await owned(server);
  const bob = await server.connect();
  const token = await invitation(ada);
  await bob.send(`PASS ${token}`);
  assertEquals(
    (await bob.introduce({ nick: "bob" })).at(-1),
    ":chat.test NOTICE bob :To be let in again without another invitation, make an account: " +
      "/quote REGISTER * * PASSWORD, or /msg NickServ REGISTER PASSWORD",
  );
  await bob.ask("REGISTER * * tea");
  await leave(bob);
  assertEquals(await comesIn(server, { nick: "bob", password: "bob:tea" }), "bob");
});

Deno.test("a token that is worth nothing lets nobody in, and it is said why", async () => {
  await using server = closedServer();
  const ada = await owned(server);
  const once = await invitation(ada);
  await comesIn(server, { nick: "kim", password: once });
  assertEquals(await refused(server, `PASS ${once}`), [
    `${BY_INVITATION}That token is used up: ask for another`,
  ]);
  const brief = await invitation(ada, "* 1s");
  server.clock.advance(1000);
  assertEquals(await refused(server, `REDEEM ${brief}`), [
    `${BY_INVITATION}That token has expired: ask for another`,
  ]);
  assertEquals(await refused(server, "PASS hunter2"), [
    `${BY_INVITATION}There is no such token here, or it was taken back: copy all of it, or ask ` +
    "for another",
  ]);
});

Deno.test("tokens are not to be guessed", async () => {
  await using server = closedServer();
  const token = await invitation(await owned(server));
  for (let i = 0; i < TRIES; i++) await refused(server, `PASS wrong${i}`);
  assertEquals(await refused(server, `PASS ${token}`), [
    `${BY_INVITATION}Too many wrong tokens from your address; try again in a minute`,
  ]);
  server.clock.advance(TRY_SECONDS * 1000);
  await comesIn(server, { nick: "bob", password: token });
});

Deno.test("nobody gets an account before they are let in", async () => {
  await using server = closedServer();
  await owned(server);
  const bob = await server.connect();
  await bob.send("CAP LS 302");
  const caps = (await bob.heard()).join(" ").split(" ");
  assert(caps.includes("draft/account-registration"), caps.join(" "));
  await bob.send("NICK bob");
  const [answer = ""] = await bob.ask("REGISTER * * tea");
  assertStringIncludes(answer, " FAIL REGISTER COMPLETE_CONNECTION_REQUIRED ");
  const eve = await connect(server, BOBS);
  await eve.send("NICK eve", "USER e 0 * :e");
  assertEquals(await eve.untilEnd(), [HOW]);
});

Deno.test("an account does not stand for the server's password, a token does for both", async () => {
  await using server = closedServer({ password: "open" });
  const ada = await owned(server);
  assertEquals(
    (await refused(server, "CAP REQ sasl", "PASS ada:sesame", "CAP END")).at(-1),
    "ERROR :Wrong password",
  );
  assertEquals(await refused(server, "PASS open"), [HOW]);
  await comesIn(server, { nick: "bob", password: await invitation(ada) });
});

Deno.test("who is banned stays out with an invitation", async () => {
  await using server = closedServer();
  const ada = await owned(server);
  await ada.ask("KLINE bob!*@*");
  const answer = await refused(server, `PASS ${await invitation(ada)}`);
  assertEquals(answer.at(-1)?.startsWith("ERROR :Banned"), true, answer.join(" | "));
});

Deno.test("the owner's token lets in the first, also where the configuration names operators", async () => {
  using folder = new TempFolder();
  const overrides: Overrides = { ...ROOT, memory: false, data: folder.path };
  {
    await using server = closedServer(overrides);
    assertEquals(await refused(server), [HOW]);
    await owned(server);
  }
  await using server = closedServer(overrides);
  assertEquals(server.server.claim(), undefined);
  assertEquals(await comesIn(server, { nick: "ada", login: ["ada", "sesame"] }), "ada");
});

Deno.test("another machine of a member's comes in by the line that LINK shows, with its key alone", async () => {
  await using server = closedServer();
  const ada = await owned(server, ADAS);
  const [how = "", line = ""] = await ada.ask("LINK");
  assertStringIncludes(
    how,
    "Type on your other machine what follows: it works once, for 10 minutes",
  );
  const code = tokenIn(line);
  const why = "Your client shows no key, so nothing would be recognised: connect by TLS, with " +
    "chat:// before the address; the code is still good";
  assertEquals(await refused(server, `REDEEM ${code}`), [`${BY_INVITATION}${why}`]);
  const phone = await connect(server, BOBS);
  await phone.send(`REDEEM ${code}`);
  // No account of that name comes to be.
  await phone.introduce({ nick: "eda" });
  await leave(phone);
  assertEquals(await comesIn(server, { nick: "eda" }, BOBS), "ada");
});

Deno.test("who has lost their key comes in by the line that an operator gives them", async () => {
  await using server = closedServer();
  const ada = await owned(server);
  const bob = await connect(server, ADAS);
  await bob.send(`PASS ${await invitation(ada)}`);
  await bob.introduce({ nick: "bob" });
  await leave(bob);
  const [how = "", line = ""] = await ada.ask("LINK bob");
  assertStringIncludes(how, "Who types what follows within 24 hours has the account bob");
  const again = await connect(server, BOBS);
  await again.send(`REDEEM ${tokenIn(line)}`);
  await again.introduce({ nick: "bobby" });
  await leave(again);
  assertEquals(await comesIn(server, { nick: "bobby" }, BOBS), "bob");
});

Deno.test("a server's password can be guessed at so often from an address, and then by nobody there", async () => {
  await using server = new TestServer({ password: "sesame" });
  for (let i = 0; i < TRIES; i++) await refused(server, `PASS wrong${i}`);
  const tooOften = [
    ":chat.test 464 bob :Too many wrong passwords; try again in a minute",
    "ERROR :Too many wrong passwords",
  ];
  assertEquals(await refused(server, "PASS sesame"), tooOften);
  assertEquals(await refused(server), [
    ":chat.test 464 bob :This server needs a password",
    "ERROR :Password needed",
  ]);
  server.clock.advance(TRY_SECONDS * 1000);
  await server.register("ada", { password: "sesame" });
});
