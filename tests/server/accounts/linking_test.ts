import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Certificate, makeCertificate } from "../../../shared/certificate.ts";
import { CERTIFICATE_LIMIT } from "../../../server/accounts/certificates.ts";
import { LINK_MINUTES, RECOVERY_HOURS } from "../../../server/accounts/linking.ts";
import { TRIES } from "../../../server/auth/logins.ts";
import { TOKEN_LIMIT } from "../../../server/state/tokens.ts";
import type { Grant } from "../../../server/events/records.ts";
import { Identity } from "../../../server/net/identity.ts";
import { openStore } from "../../../server/store/open.ts";
import type { Store } from "../../../server/store/store.ts";
import type { Introduction, IrcClient } from "../../support/irc_client.ts";
import { PUSH_KEYS } from "../../support/push_service.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { manyFingerprints, type Overrides, testOptions, TestServer } from "../../support/server.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });
const DESK = await makeCertificate({ names: [], days: 1 });
const PHONE = await makeCertificate({ names: [], days: 1 });
const EVES = await makeCertificate({ names: [], days: 1 });

const ROOT: Overrides = { operators: [{ name: "root", password: "secret" }] };

function secureServer(changes: Overrides = {}): Promise<TestServer> {
  return TestServer.start(changes, { identity: new Identity(SERVER) });
}

/** Registers a client with a certificate. */
async function register(
  server: TestServer,
  { key, cert }: Certificate,
  introduction: Introduction,
): Promise<IrcClient> {
  const client = await server.encrypted({ key, cert });
  client.read();
  await client.introduce(introduction);
  return client;
}

/** Registers another machine of Ada's, which cannot get her nick. */
async function onPhone(server: TestServer): Promise<IrcClient> {
  const phone = await register(server, PHONE, { nick: "ada" });
  await phone.ask("NICK ada1");
  return phone;
}

async function leave(client: IrcClient): Promise<void> {
  await client.send("QUIT");
  await client.untilEnd();
}

/** Sends `command`; resolves to the code or token in the reply. */
async function codeFor(client: IrcClient, command = "LINK"): Promise<string> {
  const [line = ""] = await client.ask(command);
  const [, text] = /\/link (\S+)/.exec(line) ?? [];
  assert(text, line);
  return text;
}

/** Resolves to true if `certificate` logs in to the account ada. */
async function logsIn(server: TestServer, certificate: Certificate): Promise<boolean> {
  const client = await register(server, certificate, { nick: "zoe" });
  await client.ask("CAP REQ sasl");
  await client.ask("AUTHENTICATE EXTERNAL");
  const answer = await client.ask("AUTHENTICATE YWRh");
  await leave(client);
  return answer.some((line) => line.includes(" 903 "));
}

const UNKNOWN_TOKEN =
  ":chat.test FAIL REDEEM INVALID_TOKEN :This server has no such token, or it " +
  "was revoked: check that you copied all of it, or ask for another";
const UNKNOWN =
  ":chat.test FAIL REDEEM INVALID_TOKEN :This server has no such code: it was used, " +
  "or has expired. Check that you copied all of it, or make another on your other device";

Deno.test("a code of one machine logs in another machine, whose key is recognized from then on", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  assertMatch(code, /^[A-HJKMNP-TV-Z]{4}-[A-HJKMNP-TV-Z]{4}$/);
  const phone = await onPhone(server);
  assertEquals(await phone.ask(`REDEEM ${code}`), [
    ":chat.test 900 ada1 ada1!~ada@127.0.0.1 ada :You are now logged in as ada",
  ]);
  assertEquals(await desk.heard(), [
    ":chat.test NOTICE ada :A client at 127.0.0.1 logged in to the account ada with your code",
  ]);
  await leave(phone);
  assert(await logsIn(server, PHONE));
  const again = await register(server, PHONE, { nick: "ada", join: "#a" });
  assertEquals((await desk.heard()).at(0), ":ada!~ada@127.0.0.1 JOIN #a");
  await leave(again);
});

Deno.test("a code gives a user the nick they could not get, if it is not in use", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  const phone = await onPhone(server);
  await leave(desk);
  assertEquals((await phone.ask(`REDEEM ${code}`)).at(-1), ":ada1!~ada@127.0.0.1 NICK ada");
});

Deno.test("a code gives a user the account's nick, if it is not in use", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  const phone = await register(server, PHONE, { nick: "zoe" });
  await leave(desk);
  assertEquals((await phone.ask(`REDEEM ${code}`)).at(-1), ":zoe!~zoe@127.0.0.1 NICK ada");
});

Deno.test("a code can be typed in upper or lower case, with or without the hyphen", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const typings = [(code: string) => code.toLowerCase(), (code: string) => code.replace("-", "")];
  for (const typed of typings) {
    const code = await codeFor(desk);
    const phone = await register(server, PHONE, { nick: "zoe" });
    const answer = await phone.ask(`REDEEM ${typed(code)}`);
    assert(answer.some((line) => line.includes(" 900 zoe ")), answer.join("\n"));
    await leave(phone);
    await desk.heard();
  }
});

Deno.test("a code works once, and a new code invalidates the one before", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const first = await codeFor(desk);
  const second = await codeFor(desk);
  const eve = await register(server, EVES, { nick: "eve" });
  assertEquals(await eve.ask(`REDEEM ${first}`), [UNKNOWN]);
  const phone = await onPhone(server);
  await phone.ask(`REDEEM ${second}`);
  for (const client of [phone, eve]) assertEquals(await client.ask(`REDEEM ${second}`), [UNKNOWN]);
  assert(!await logsIn(server, EVES));
});

Deno.test("a code expires after some minutes", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  await leave(desk);
  server.clock.advance(LINK_MINUTES * 60_000);
  const phone = await onPhone(server);
  assertEquals(await phone.ask(`REDEEM ${code}`), [
    ":chat.test FAIL REDEEM TOKEN_EXPIRED :That token has expired: ask for another",
  ]);
});

Deno.test("tries of wrong codes are limited", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  const eve = await register(server, EVES, { nick: "eve" });
  for (let i = 0; i < TRIES; i++) {
    assertEquals(await eve.ask(`REDEEM ${i}BCD-EFGH`), [UNKNOWN_TOKEN]);
  }
  assertMatch((await eve.ask(`REDEEM ${code}`))[0] ?? "", /FAIL REDEEM RATE_LIMITED /);
});

Deno.test("a client without a key cannot be linked, and the code stays valid", async () => {
  await using server = await secureServer();
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  const plain = await server.register("eve");
  assertEquals(await plain.ask(`REDEEM ${code}`), [
    ":chat.test FAIL REDEEM KEY_REQUIRED :Your client presents no key, so the server could " +
    "not recognize it again: connect over TLS, with a chat:// address. The code can still be used",
  ]);
  const phone = await onPhone(server);
  assertMatch((await phone.ask(`REDEEM ${code}`))[0] ?? "", / 900 /);
});

const OTHER_KEYS = manyFingerprints(CERTIFICATE_LIMIT - 1);

/** Returns a store in which Ada's account has the maximum number of keys. */
function withManyKeys(): Store {
  const store = openStore(testOptions());
  const fingerprints = [DESK.fingerprint, ...OTHER_KEYS];
  store.keep("account", "ada", { name: "ada", createdAt: 0, fingerprints });
  store.commit();
  return store;
}

Deno.test("an account at its limit of keys takes no further key, and the code stays valid", async () => {
  await using server = await TestServer.start({}, {
    identity: new Identity(SERVER),
    store: withManyKeys(),
  });
  const desk = await register(server, DESK, { nick: "ada" });
  const code = await codeFor(desk);
  const phone = await onPhone(server);
  assertEquals(await phone.ask(`REDEEM ${code}`), [
    ":chat.test FAIL REDEEM LIMIT_REACHED :The account ada already has 16 certificates, " +
    "which is the limit: in a client that is logged in to it, list them with /msg NickServ CERT " +
    "LIST, and remove one with CERT DEL. Your code or token can still be used",
  ]);
  await desk.ask(`NS CERT DEL ${OTHER_KEYS[0]}`);
  assertMatch((await phone.ask(`REDEEM ${code}`))[0] ?? "", / 900 /);
});

Deno.test("a closed server refuses a code of an account at its limit, and says why", async () => {
  for (const changes of [{ inviteOnly: true }, { password: "open" }]) {
    const parts = { identity: new Identity(SERVER), store: withManyKeys() };
    await using server = await TestServer.start(changes, parts);
    const desk = await register(server, DESK, { nick: "ada", password: "open" });
    const [, code = ""] = /([A-Z]{4}-[A-Z]{4})/.exec((await desk.ask("LINK")).join()) ?? [];
    const { key, cert } = PHONE;
    const phone = await server.encrypted({ key, cert });
    phone.read();
    await phone.send(`PASS ${code}`, "NICK ada1", "USER ada 0 * :a");
    assertMatch((await phone.untilEnd()).join(), /The account ada already has 16 certificates/);
    assertEquals(server.log.filter(([message]) => message === "client linked"), []);
  }
});

/** Returns a store full of tokens; some expire in one second, the others in two. */
function fullOf(worth: Grant): Store {
  const store = openStore(testOptions());
  const now = new FakeClock().now();
  for (const hash of manyFingerprints(TOKEN_LIMIT)) {
    const until = now + (hash.endsWith("00") ? 1000 : 2000);
    store.keep("token", hash, { hash, worth, by: "eve", time: 0, uses: 1, usedBy: [], until });
  }
  store.commit();
  return store;
}

const NO_ROOM = "This server has reached its limit of tokens of this kind: wait until some expire";

Deno.test("no code is made at the limit of codes until some have expired", async () => {
  const store = fullOf({ kind: "link", account: "eve" });
  await using server = await TestServer.start({}, { identity: new Identity(SERVER), store });
  const desk = await register(server, DESK, { nick: "ada" });
  assertEquals(await desk.ask("LINK"), [`:chat.test FAIL LINK LIMIT_REACHED * :${NO_ROOM}`]);
  server.clock.advance(1000);
  assertEquals((await codeFor(desk)).length, 9);
});

Deno.test("invitations at their limit leave room for codes, and only the newest invitations are listed", async () => {
  const store = fullOf({ kind: "invitation", maker: "ada" });
  await using server = await TestServer.start({}, { identity: new Identity(SERVER), store });
  const desk = await register(server, DESK, { nick: "ada" });
  await desk.ask("JOIN #a");
  assertEquals((await codeFor(desk)).length, 9);
  const eve = await server.register("eve", { join: "#a" });
  assertEquals(await eve.ask("INVITATION #a"), [
    `:chat.test FAIL INVITATION LIMIT_REACHED * :${NO_ROOM}`,
  ]);
  const listed = await desk.ask("INVITATION LIST");
  const end = "End of the newest 200 of 10000 invitations that you can revoke";
  assertEquals([listed.length, listed.at(-1)?.split(" :")[1]], [201, end]);
});

Deno.test("LINK without an account is refused", async () => {
  await using server = await secureServer();
  const eve = await server.register("eve");
  assertEquals(await eve.ask("LINK"), [
    ":chat.test FAIL LINK ACCOUNT_REQUIRED :You are not logged in: log in first, or register an " +
    "account with REGISTER * * PASSWORD",
  ]);
});

Deno.test("an operator's token replaces the keys and the password of an account", async () => {
  await using server = await secureServer(ROOT);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  const thief = await register(server, DESK, { nick: "ada" });
  await thief.send("PRIVMSG NickServ :PASSWD sesame", "PING done");
  await thief.until("PONG");
  const code = await codeFor(thief);
  const token = await codeFor(root, "LINK Ada");
  assertMatch(token, /^[0-9a-f]{32}$/);
  const ada = await onPhone(server);
  assertEquals(await ada.ask(`REDEEM ${token}`), [
    ":chat.test 900 ada1 ada1!~ada@127.0.0.1 ada :You are now logged in as ada",
    ":ada1!~ada@127.0.0.1 NICK ada",
  ]);
  assertEquals((await thief.untilEnd()).at(-1), "ERROR :The keys of your account were replaced");
  assert(await logsIn(server, PHONE));
  assert(!await logsIn(server, DESK));
  const eve = await server.register("eve");
  assertEquals(await eve.ask("NS IDENTIFY ada sesame"), [
    ":NickServ!service@chat.test NOTICE eve :Incorrect account or password.",
  ]);
  assertEquals(await ada.ask(`REDEEM ${code}`), [UNKNOWN]);
  assertEquals(await ada.ask(`REDEEM ${token}`), [UNKNOWN_TOKEN]);
});

Deno.test("an operator's token leaves no way in for a client that has not registered yet", async () => {
  await using server = await secureServer(ROOT);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  await leave(await register(server, DESK, { nick: "ada" }));
  const thief = await server.encrypted({ key: DESK.key, cert: DESK.cert });
  thief.read();
  await thief.send("CAP REQ sasl", "AUTHENTICATE EXTERNAL", "AUTHENTICATE +");
  assertMatch((await thief.heard()).join(), / 903 /);
  const ada = await onPhone(server);
  await ada.ask(`REDEEM ${await codeFor(root, "LINK ada")}`);
  assertEquals(await thief.untilEnd(), ["ERROR :The keys of your account were replaced"]);
});

Deno.test("an operator's token ends push messages to the machines of an account", async () => {
  await using server = await TestServer.start(ROOT);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  const thief = await server.register("ada", { caps: "draft/webpush" });
  await thief.ask("REGISTER * * sesame");
  await thief.ask(`WEBPUSH REGISTER https://push.example.org/thief ${PUSH_KEYS}`);
  assertEquals([...server.store.records("push")].length, 1);
  const ada = await server.register("ada1");
  await ada.ask(`REDEEM ${await codeFor(root, "LINK ada")}`);
  assertEquals([...server.store.records("push")], []);
});

Deno.test("an operator's token redeemed without a key lets the user set a password", async () => {
  await using server = await secureServer(ROOT);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  await leave(await register(server, DESK, { nick: "ada" }));
  const eda = await server.register("eda");
  const [note, answer] = await eda.ask(`REDEEM ${await codeFor(root, "LINK ada")}`);
  assertMatch(note ?? "", /set a password now, with \/msg NickServ PASSWD PASSWORD$/);
  assertMatch(answer ?? "", / 900 /);
  await eda.send("PRIVMSG NickServ :PASSWD sesame", "PING done");
  await eda.until("PONG");
  const again = await server.connect();
  const received = await again.introduce({ nick: "ada", login: ["ada", "sesame"] });
  assert(received.some((line) => line.includes(" 001 ada ")));
});

Deno.test("an operator's token expires after a day", async () => {
  await using server = await secureServer(ROOT);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  await leave(await register(server, DESK, { nick: "ada" }));
  const token = await codeFor(root, "LINK ada");
  await leave(root);
  server.clock.advance(RECOVERY_HOURS * 3_600_000);
  const phone = await onPhone(server);
  assertMatch((await phone.ask(`REDEEM ${token}`))[0] ?? "", /TOKEN_EXPIRED/);
});

Deno.test("only an operator can get a token for another account, which must exist", async () => {
  await using server = await secureServer(ROOT);
  const ada = await register(server, DESK, { nick: "ada" });
  assertEquals(await ada.ask("LINK ada"), [
    ":chat.test 481 ada :Permission denied - you're not an IRC operator",
  ]);
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("LINK nobody"), [
    ":chat.test FAIL LINK NO_SUCH_ACCOUNT nobody :There is no such account",
  ]);
});

Deno.test("a code survives a restart", async () => {
  using folder = new TempFolder();
  const changes = { memory: false, data: folder.path };
  let code: string;
  {
    await using server = await secureServer(changes);
    code = await codeFor(await register(server, DESK, { nick: "ada" }));
  }
  await using server = await secureServer(changes);
  const phone = await onPhone(server);
  assertMatch((await phone.ask(`REDEEM ${code}`))[0] ?? "", / 900 /);
});
