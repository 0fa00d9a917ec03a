import { assert, assertEquals } from "@std/assert";
import { type Certificate, makeCertificate } from "../certificate.ts";
import { ACCOUNT_LIMIT } from "../server/accounts/accounts.ts";
import { CERTIFICATE_LIMIT, SHARED_LIMIT } from "../server/accounts/certificates.ts";
import { Passwords } from "../server/accounts/passwords.ts";
import { REGISTRATIONS } from "../server/accounts/logins.ts";
import { DEFAULT_ACCOUNT_RULES } from "../server/config/options.ts";
import { Identity } from "../server/net/identity.ts";
import { openStore } from "../server/store/open.ts";
import type { Introduction, IrcClient } from "./support/irc_client.ts";
import { base64 } from "./support/irc_client.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { manyFingerprints, testOptions, TestServer, type Wishes } from "./support/server.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });
const ADAS = await makeCertificate({ names: [], days: 1 });
const BOBS = await makeCertificate({ names: [], days: 1 });

function secureServer(wishes: Wishes = {}): TestServer {
  return new TestServer(wishes, { identity: new Identity(SERVER) });
}

/** Somebody who is connected by TLS with their certificate, and has said nothing. */
async function connect(server: TestServer, certificate?: Certificate): Promise<IrcClient> {
  const { key, cert } = certificate ?? {};
  const client = await server.encrypted({ ...(key && { key }), ...(cert && { cert }) });
  client.read();
  return client;
}

/** Somebody who has registered with their certificate, and what they were told of nicks and accounts. */
async function come(
  server: TestServer,
  certificate: Certificate | undefined,
  introduction: Introduction,
): Promise<{ client: IrcClient; told: string[] }> {
  const client = await connect(server, certificate);
  const told = await client.introduce(introduction);
  return {
    client,
    told: told.filter((line) => /^:chat\.test (001|433|900|FAIL|NOTICE) /.test(line)),
  };
}

/** Somebody was there, and is gone. */
async function visit(
  server: TestServer,
  certificate: Certificate | undefined,
  introduction: Introduction,
): Promise<string[]> {
  const { client, told } = await come(server, certificate, introduction);
  await client.send("QUIT");
  await client.untilEnd();
  return told;
}

const welcome = (nick: string) =>
  `:chat.test 001 ${nick} :Welcome to Test, ${nick}!~${nick}@127.0.0.1`;
const NOT_SHOWN =
  "Only the certificate that your client shows can be added: connect with the other " +
  "one and say CERT ADD, or type /link CODE there.";
const loggedIn = (nick: string, account = nick) =>
  `:chat.test 900 ${nick} ${nick}!~${nick}@127.0.0.1 ${account} :You are now logged in as ${account}`;
const claimed = (nick: string) =>
  `:chat.test NOTICE ${nick} :The nick ${nick} is yours from now on: ` +
  "you are recognised by the key of your client";
const refused = (wanted: string, nick = "*") =>
  `:chat.test 433 ${nick} ${wanted} :` +
  "That nick is somebody's own. If it is yours, log in, or type /link where you have it";

Deno.test("the first to use a nick owns it, and is recognised when they come again", async () => {
  await using server = secureServer();
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [
    welcome("ada"),
    loggedIn("ada"),
    claimed("ada"),
  ]);
  assertEquals(await visit(server, ADAS, { nick: "Ada" }), [
    ":chat.test 900 Ada Ada!~Ada@127.0.0.1 ada :You are now logged in as ada",
    welcome("Ada"),
  ]);
});

Deno.test("they are recognised after a restart too", async () => {
  using folder = new TempFolder();
  const wishes = { memory: false, data: folder.path };
  {
    await using server = secureServer(wishes);
    await visit(server, ADAS, { nick: "ada" });
  }
  await using server = secureServer(wishes);
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [loggedIn("ada"), welcome("ada")]);
});

Deno.test("nobody has the nick of another's key, by whichever way, nor one that looks like it", async () => {
  await using server = secureServer();
  await visit(server, ADAS, { nick: "ada" });
  const bob = await connect(server, BOBS);
  await bob.introduce({ nick: "ada" });
  assertEquals(await bob.ask("NICK аda"), [refused("аda")]);
  const eve = await connect(server);
  assert((await eve.introduce({ nick: "ada" })).some((line) => line === refused("ada")));
  const plain = await server.connect();
  assert((await plain.introduce({ nick: "ada" })).some((line) => line === refused("ada")));
  await plain.ask("NICK zoe");
  assertEquals(await plain.ask("NICK ada"), [refused("ada", "zoe")]);
});

Deno.test("a nick that somebody only fell back to stays free", async () => {
  await using server = secureServer();
  await visit(server, ADAS, { nick: "ada" });
  const guest = await server.register("guest");
  for (const wanted of ["ada", "guest", "1st"]) {
    const bob = await connect(server, BOBS);
    await bob.send(`NICK ${wanted}`, "USER u 0 * r");
    // The nick of who may be leaving is waited for.
    const wait = () => server.clock.advance(1000);
    if (wanted === "guest") await bob.heard().then(wait);
    await bob.until(wanted === "1st" ? "432" : "433");
    const told = await bob.ask("NICK bob");
    assert(told.some((line) => line.includes(" 001 ")));
    assert(!told.some((line) => line.includes(" 900 ")));
    await bob.send("QUIT");
    await bob.untilEnd();
  }
  await guest.close();
  assertEquals((await visit(server, ADAS, { nick: "bob" })).at(-1), claimed("bob"));
});

Deno.test("who logs in by a password, or shows no certificate, owns nothing by that", async () => {
  await using server = secureServer();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  const login = ["ada", "sesame"] as const;
  assertEquals(await visit(server, BOBS, { nick: "robert", login }), [
    loggedIn("*", "ada").replace("*!~*", "*!*"),
    welcome("robert"),
  ]);
  assertEquals(await visit(server, undefined, { nick: "eve" }), [welcome("eve")]);
  assertEquals((await visit(server, BOBS, { nick: "robert" })).length, 3);
});

Deno.test("somebody has several nicks, each with an account, and takes on any of them", async () => {
  await using server = secureServer();
  await visit(server, ADAS, { nick: "ada" });
  await visit(server, ADAS, { nick: "countess" });
  const { client: ada, told } = await come(server, ADAS, { nick: "ada" });
  assertEquals(told, [loggedIn("ada"), welcome("ada")]);
  assertEquals(await ada.ask("NICK countess"), [":ada!~ada@127.0.0.1 NICK countess"]);
  assertEquals(await ada.ask("PRIVMSG NickServ LOGOUT"), [
    ":chat.test 901 countess countess!~ada@127.0.0.1 :You are now logged out",
  ]);
});

Deno.test("the same key on two connections is one person", async () => {
  await using server = secureServer();
  const { client: desk } = await come(server, ADAS, { nick: "ada", join: "#a" });
  const { client: phone } = await come(server, ADAS, { nick: "ada" });
  const bob = await server.register("bob", { join: "#a" });
  await bob.send("PRIVMSG #a :tea?");
  for (const client of [desk, phone]) {
    assertEquals((await client.until("PRIVMSG")).params, ["#a", "tea?"]);
  }
});

Deno.test("a key gets only so many accounts by using nicks", async () => {
  await using server = secureServer();
  for (let i = 0; i < SHARED_LIMIT; i++) await visit(server, ADAS, { nick: `ada${i}` });
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [welcome("ada")]);
  assertEquals((await visit(server, BOBS, { nick: "ada" })).length, 3);
});

Deno.test("accounts by keys count among those that may be registered from one address", async () => {
  await using server = secureServer();
  const eve = await server.register("eve");
  for (let i = 0; i < REGISTRATIONS; i++) {
    await visit(server, await makeCertificate({ names: [], days: 1 }), { nick: `e${i}` });
  }
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [welcome("ada")]);
  assert((await eve.ask("REGISTER * * sesame"))[0]?.includes("Too many are registering"));
});

Deno.test("where an account needs an address for mail, using a nick makes none", async () => {
  await using server = secureServer({
    accounts: { ...DEFAULT_ACCOUNT_RULES, requireEmail: true },
  });
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [welcome("ada")]);
});

Deno.test("while nothing can be kept, people are let in and get no accounts", async () => {
  await using server = secureServer();
  Object.defineProperty(server.store, "trouble", { value: "the disk is full" });
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [welcome("ada")]);
});

// EXTERNAL: https://ircv3.net/specs/extensions/sasl-3.1, RFC 4422.

const FAILED = ":chat.test 904 * :SASL authentication failed: ";
const UNKNOWN = FAILED +
  "your certificate is that of no such account; NickServ's CERT ADD would make it so";

/** What EXTERNAL comes to, for the account called `name`, or for none in particular. */
async function external(client: IrcClient, name = ""): Promise<string[]> {
  await client.ask("CAP REQ sasl");
  assertEquals(await client.ask("AUTHENTICATE EXTERNAL"), [":chat.test AUTHENTICATE +"]);
  return await client.ask(`AUTHENTICATE ${name === "" ? "+" : base64(name)}`);
}

const success = (account: string, nick = "*") => [
  `:chat.test 900 ${nick} ${nick}!*@127.0.0.1 ${account} :You are now logged in as ${account}`,
  `:chat.test 903 ${nick} :SASL authentication successful`,
];

Deno.test("EXTERNAL logs in to the account that is named, if it has the certificate", async () => {
  await using server = secureServer();
  await visit(server, BOBS, { nick: "bob" });
  server.clock.advance(1);
  await visit(server, ADAS, { nick: "zoe" });
  server.clock.advance(1);
  await visit(server, ADAS, { nick: "ada" });
  const table: readonly [name: string, answer: string[]][] = [
    ["ADA", success("ada")],
    ["zoe", success("zoe")],
    ["", success("zoe")],
    ["bob", [UNKNOWN]],
    ["nobody", [UNKNOWN]],
  ];
  for (const [name, answer] of table) {
    assertEquals(await external(await connect(server, ADAS), name), answer, name);
  }
  const named = await connect(server, ADAS);
  await named.send("NICK ada");
  assertEquals(await external(named), success("ada", "ada"));
  const other = await connect(server, ADAS);
  await other.send("NICK bob");
  assertEquals(await external(other), success("zoe", "bob"));
});

Deno.test("EXTERNAL fails without a certificate, or with one that has no account", async () => {
  await using server = secureServer();
  await visit(server, ADAS, { nick: "ada" });
  assertEquals(await external(await connect(server, BOBS)), [UNKNOWN]);
  const none = `${FAILED}EXTERNAL needs a client certificate, and yours shows none`;
  assertEquals(await external(await connect(server), "ada"), [none]);
  assertEquals(await external(await server.connect(), "ada"), [none]);
});

Deno.test("EXTERNAL is offered to who shows a certificate, and to nobody else", async () => {
  await using server = secureServer();
  const offered = async (client: IrcClient) =>
    / sasl=(\S+)/.exec((await client.ask("CAP LS 302")).join(" "))?.[1];
  assertEquals(await offered(await connect(server, ADAS)), "PLAIN,SCRAM-SHA-256,EXTERNAL");
  assertEquals(await offered(await connect(server)), "PLAIN,SCRAM-SHA-256");
  assertEquals(await offered(await server.connect()), "PLAIN,SCRAM-SHA-256");
});

// NickServ CERT.

/** Says `text` to NickServ; returns what it answers, without what is always the same. */
async function tell(client: IrcClient, text: string): Promise<string[]> {
  return (await client.ask(`PRIVMSG NickServ :${text}`)).map((line) =>
    line.replace(/^:NickServ!service@chat\.test NOTICE \S+ :/, "")
  );
}

Deno.test("who has a password adds the certificate that their client shows", async () => {
  await using server = secureServer();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  const login = ["ada", "sesame"] as const;
  const { client } = await come(server, ADAS, { nick: "ada", login });
  const { fingerprint } = ADAS;
  assertEquals(await tell(client, "CERT LIST"), ["Your account has no certificates."]);
  assertEquals(await tell(client, "cert add"), [
    `Who has the certificate ${fingerprint} is let in as ada now.`,
  ]);
  assertEquals(await tell(client, "CERT LIST"), [`${fingerprint}, which is this client's`]);
  assertEquals(await tell(ada, "CERT LIST"), [fingerprint]);
  assertEquals(await visit(server, ADAS, { nick: "ada" }), [loggedIn("ada"), welcome("ada")]);
  assertEquals(await tell(ada, `CERT DEL ${fingerprint}`), [
    `The certificate ${fingerprint} logs in to ada no more.`,
  ]);
  assertEquals(await external(await connect(server, ADAS), "ada"), [UNKNOWN]);
});

Deno.test("only the certificate that a client shows is added, its fingerprint as any program writes it", async () => {
  await using server = secureServer();
  await visit(server, ADAS, { nick: "ada" });
  const none = await server.register("bob");
  await none.ask("REGISTER * * sesame");
  assertEquals(await tell(none, "CERT ADD"), ["Your client shows none; connect with one, by TLS."]);
  assertEquals(await tell(none, `CERT ADD ${BOBS.fingerprint}`), [NOT_SHOWN]);
  const { client: bob } = await come(server, BOBS, { nick: "bob", login: ["bob", "sesame"] });
  const { fingerprint } = BOBS;
  const colons = fingerprint.toUpperCase().replace(/..(?=.)/g, "$&:");
  assertEquals(await tell(bob, `CERT ADD ${colons}`), [
    `Who has the certificate ${fingerprint} is let in as bob now.`,
  ]);
  const table: readonly [said: string, answer: string][] = [
    ["CERT ADD", "The account has that certificate already."],
    ["CERT ADD 9f2c", NOT_SHOWN],
    ["CERT DEL", "A fingerprint has 64 hexadecimal digits; CERT LIST shows those of your account."],
    [`CERT ADD ${fingerprint}`, "The account has that certificate already."],
    [`CERT ADD ${ADAS.fingerprint}`, NOT_SHOWN],
    [
      `CERT DEL ${ADAS.fingerprint}`,
      "The account has no such certificate; CERT LIST shows those it has.",
    ],
    ["CERT", "Say it like this: CERT ADD | DEL <fingerprint> | LIST"],
    ["CERT toString", "CERT is followed by ADD, DEL or LIST; HELP says how."],
  ];
  for (const [said, answer] of table) assertEquals(await tell(bob, said), [answer], said);
  assertEquals(await visit(server, BOBS, { nick: "bob" }), [
    ":chat.test 900 bob bob!~bob@127.0.0.1 bob :You are now logged in as bob",
    welcome("bob"),
  ]);
});

/** How somebody tries to get an account of that nick; returns whether they have it. */
const WAYS_TO_ACCOUNTS = {
  async "by key"(server: TestServer, nick: string): Promise<boolean> {
    return (await visit(server, ADAS, { nick })).includes(claimed(nick));
  },
  async "by password"(server: TestServer, nick: string): Promise<boolean> {
    const client = await server.register(nick);
    const [answer = ""] = await client.ask("REGISTER * * sesame");
    const full =
      ` FAIL REGISTER TEMPORARILY_UNAVAILABLE ${nick} :There is no room for more accounts here`;
    assert(answer.includes("REGISTER SUCCESS") || answer.endsWith(full), answer);
    return !answer.endsWith(full);
  },
};

for (const last of ["by key", "by password"] as const) {
  Deno.test(`there are so many accounts and no more, the last one ${last}`, async () => {
    const store = openStore(testOptions());
    for (let i = 1; i < ACCOUNT_LIMIT; i++) {
      store.keep("account", `a${i}`, { name: `a${i}`, createdAt: 0, fingerprints: [] });
    }
    store.commit();
    await using server = new TestServer({}, { identity: new Identity(SERVER), store });
    assert(await WAYS_TO_ACCOUNTS[last](server, "ada"));
    assert(!await WAYS_TO_ACCOUNTS["by key"](server, "bob"));
    assert(!await WAYS_TO_ACCOUNTS["by password"](server, "eve"));
  });
}

Deno.test("an account has only so many certificates, and a certificate so many accounts", async () => {
  const store = openStore(testOptions());
  const fingerprints = manyFingerprints(CERTIFICATE_LIMIT);
  const credentials = await new Passwords().credentials("sesame");
  store.keep("account", "bob", { name: "bob", createdAt: 0, credentials, fingerprints });
  store.commit();
  await using server = new TestServer({}, { identity: new Identity(SERVER), store });
  const { client: bob } = await come(server, BOBS, { nick: "bob", login: ["bob", "sesame"] });
  assertEquals(await tell(bob, "CERT ADD"), [
    `The account bob has ${CERTIFICATE_LIMIT} certificates, as many as can be: /msg NickServ ` +
    "CERT LIST, said by a client that is logged in to it, shows them, and CERT DEL removes one.",
  ]);
  for (let i = 0; i < SHARED_LIMIT; i++) await visit(server, ADAS, { nick: `ada${i}` });
  const eve = await server.register("eve");
  await eve.ask("REGISTER * * sesame");
  const { client } = await come(server, ADAS, { nick: "eve", login: ["eve", "sesame"] });
  assertEquals(await tell(client, "CERT ADD"), [
    `Your client's certificate has ${SHARED_LIMIT} accounts, as many as can be: /msg NickServ ` +
    "CERT DEL, said in one of them, makes room.",
  ]);
});

Deno.test("who has a key alone sets a password, and keeps the key until then", async () => {
  await using server = secureServer();
  const { client: ada } = await come(server, ADAS, { nick: "ada" });
  assertEquals(await tell(ada, `CERT DEL ${ADAS.fingerprint}`), [
    "Nobody could log in without it; set a password first, with PASSWD.",
  ]);
  await ada.send("PRIVMSG NickServ :PASSWD sesame", "PING done");
  assertEquals((await ada.expect("NOTICE")).params[1], "Your account has the new password.");
  await ada.expect("PONG");
  assertEquals(await tell(ada, "PASSWD shovel"), [
    "Say your old password too, before the new one.",
  ]);
  assertEquals((await tell(ada, `CERT DEL ${ADAS.fingerprint}`)).length, 1);
  const told = await visit(server, undefined, { nick: "ada", login: ["ada", "sesame"] });
  assert(told.includes(welcome("ada")));
});

Deno.test("who has logged in otherwise is not logged in anew by the certificate", async () => {
  await using server = secureServer();
  await visit(server, ADAS, { nick: "ada" });
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * sesame");
  const told = await visit(server, ADAS, { nick: "ada", login: ["bob", "sesame"] });
  const logins = told.filter((line) => line.includes(" 900 "));
  assertEquals(logins.map((line) => line.split(" ")[4]), ["bob"]);
});

Deno.test("who is not logged in has no certificates to speak of", async () => {
  await using server = secureServer();
  const eve = await server.register("eve");
  assertEquals(await tell(eve, "CERT ADD"), ["Log in first, with IDENTIFY."]);
});
