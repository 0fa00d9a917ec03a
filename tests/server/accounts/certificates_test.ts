import { assert, assertEquals } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { ACCOUNT_LIMIT } from "../../../server/accounts/accounts.ts";
import { REGISTRATIONS } from "../../../server/auth/logins.ts";
import { DEFAULT_ACCOUNT_RULES } from "../../../server/config/options.ts";
import { openStore } from "../../../server/store/open.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import {
  ADA_CERT,
  BOB_CERT,
  claimed,
  connect,
  FAILED,
  loggedIn,
  registerAndQuit,
  registerWith,
  saslExternal,
  secureServer,
  storeWithAccounts,
  UNKNOWN,
  welcome,
} from "../../support/certificate_users.ts";
import { testOptions, type TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const refused = (wanted: string, nick = "*") =>
  `:chat.test 433 ${nick} ${wanted} :` +
  "That nick belongs to another user. If it is yours, log in, or type /link on a machine " +
  "that is logged in to it";

Deno.test("the first user of a nick with a certificate owns it, and is logged in when they return", async () => {
  await using server = await secureServer();
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "ada" }), [
    welcome("ada"),
    loggedIn("ada"),
    claimed("ada"),
  ]);
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "Ada" }), [
    ":chat.test 900 Ada Ada!~Ada@127.0.0.1 ada :You are now logged in as ada",
    welcome("Ada"),
  ]);
});

Deno.test("the owner of a nick is logged in after a restart too", async () => {
  using folder = new TempFolder();
  const changes = { memory: false, data: folder.path };
  {
    await using server = await secureServer(changes);
    await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  }
  await using server = await secureServer(changes);
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "ada" }), [
    loggedIn("ada"),
    welcome("ada"),
  ]);
});

Deno.test("no other user can take a nick that a key owns, or a nick that looks like it", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  const bob = await connect(server, BOB_CERT);
  await bob.introduce({ nick: "ada" });
  assertEquals(await bob.ask("NICK аda"), [refused("аda")]);
  const eve = await connect(server);
  assert((await eve.introduce({ nick: "ada" })).some((line) => line === refused("ada")));
  const plain = await server.connect();
  assert((await plain.introduce({ nick: "ada" })).some((line) => line === refused("ada")));
  await plain.ask("NICK zoe");
  assertEquals(await plain.ask("NICK ada"), [refused("ada", "zoe")]);
});

Deno.test("a nick that was only a fallback gets no account", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  const guest = await server.register("guest");
  for (const wanted of ["ada", "guest", "1st"]) {
    server.clock.advance(1500);
    const bob = await connect(server, BOB_CERT);
    await bob.send(`NICK ${wanted}`, "USER u 0 * r");
    await bob.until(wanted === "1st" ? "432" : "433");
    const lines = await bob.ask("NICK bob");
    assert(lines.some((line) => line.includes(" 001 ")));
    assert(!lines.some((line) => line.includes(" 900 ")));
    await bob.send("QUIT");
    await bob.untilEnd();
  }
  await guest.close();
  assertEquals((await registerAndQuit(server, BOB_CERT, { nick: "bob" })).at(-1), claimed("bob"));
});

Deno.test("a user who logs in by password, or presents no certificate, does not own the nick", async () => {
  await using server = await secureServer();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  const login = ["ada", "sesame"] as const;
  assertEquals(await registerAndQuit(server, BOB_CERT, { nick: "robert", login }), [
    loggedIn("*", "ada").replace("*!~*", "*!*"),
    welcome("robert"),
  ]);
  assertEquals(await registerAndQuit(server, undefined, { nick: "eve" }), [welcome("eve")]);
  assertEquals((await registerAndQuit(server, BOB_CERT, { nick: "robert" })).length, 3);
});

Deno.test("a key of several accounts logs in to the account of the nick, or else to the oldest, and can use the nicks of all", async () => {
  await using server = await secureServer({}, {
    store: storeWithAccounts(ADA_CERT, "countess", "ada"),
  });
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "lady" }), [
    loggedIn("lady", "countess"),
    welcome("lady"),
  ]);
  const { client: ada, told } = await registerWith(server, ADA_CERT, { nick: "ada" });
  assertEquals(told, [loggedIn("ada"), welcome("ada")]);
  assertEquals(await ada.ask("NICK countess"), [":ada!~ada@127.0.0.1 NICK countess"]);
  assertEquals(
    (await ada.ask("PRIVMSG NickServ LOGOUT"))[0],
    ":chat.test 901 countess countess!~ada@127.0.0.1 :You are now logged out",
  );
});

Deno.test("two connections with the same key are one user", async () => {
  await using server = await secureServer();
  const { client: desk } = await registerWith(server, ADA_CERT, { nick: "ada", join: "#a" });
  const { client: phone } = await registerWith(server, ADA_CERT, { nick: "ada" });
  const bob = await server.register("bob", { join: "#a" });
  await bob.send("PRIVMSG #a :tea?");
  for (const client of [desk, phone]) {
    assertEquals((await client.until("PRIVMSG")).params, ["#a", "tea?"]);
  }
});

Deno.test("accounts made by a key count towards the registrations of an address", async () => {
  await using server = await secureServer();
  const eve = await server.register("eve");
  for (let i = 0; i < REGISTRATIONS; i++) {
    await registerAndQuit(server, await makeCertificate({ names: [], days: 1 }), { nick: `e${i}` });
  }
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "ada" }), [welcome("ada")]);
  assert(
    (await eve.ask("REGISTER * * sesame"))[0]?.includes("Too many accounts are being registered"),
  );
});

Deno.test("using a nick makes no account if accounts need an email address", async () => {
  await using server = await secureServer({
    accounts: { ...DEFAULT_ACCOUNT_RULES, requireEmail: true },
  });
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "ada" }), [welcome("ada")]);
});

Deno.test("while the store cannot write, users are admitted and get no accounts", async () => {
  await using server = await secureServer();
  Object.defineProperty(server.store, "trouble", { value: "the disk is full" });
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "ada" }), [welcome("ada")]);
});

// EXTERNAL: https://ircv3.net/specs/extensions/sasl-3.1, RFC 4422.

const success = (account: string, nick = "*") => [
  `:chat.test 900 ${nick} ${nick}!*@127.0.0.1 ${account} :You are now logged in as ${account}`,
  `:chat.test 903 ${nick} :SASL authentication successful`,
];

Deno.test("EXTERNAL logs in to the named account if the certificate belongs to it", async () => {
  await using server = await secureServer({}, { store: storeWithAccounts(ADA_CERT, "zoe", "ada") });
  await registerAndQuit(server, BOB_CERT, { nick: "bob" });
  const table: readonly [name: string, answer: string[]][] = [
    ["ADA", success("ada")],
    ["zoe", success("zoe")],
    ["", success("zoe")],
    ["bob", [UNKNOWN]],
    ["nobody", [UNKNOWN]],
  ];
  for (const [name, answer] of table) {
    assertEquals(await saslExternal(await connect(server, ADA_CERT), name), answer, name);
  }
  const named = await connect(server, ADA_CERT);
  await named.send("NICK ada");
  assertEquals(await saslExternal(named), success("ada", "ada"));
  const other = await connect(server, ADA_CERT);
  await other.send("NICK bob");
  assertEquals(await saslExternal(other), success("zoe", "bob"));
});

Deno.test("EXTERNAL fails without a certificate, or with one that belongs to no account", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  assertEquals(await saslExternal(await connect(server, BOB_CERT)), [UNKNOWN]);
  const none = `${FAILED}EXTERNAL needs a client certificate, and your client presents none`;
  assertEquals(await saslExternal(await connect(server), "ada"), [none]);
  assertEquals(await saslExternal(await server.connect(), "ada"), [none]);
});

Deno.test("EXTERNAL is offered only to clients that show a certificate", async () => {
  await using server = await secureServer();
  const offered = async (client: IrcClient) =>
    / sasl=(\S+)/.exec((await client.ask("CAP LS 302")).join(" "))?.[1];
  assertEquals(await offered(await connect(server, ADA_CERT)), "PLAIN,SCRAM-SHA-256,EXTERNAL");
  assertEquals(await offered(await connect(server)), "PLAIN,SCRAM-SHA-256");
  assertEquals(await offered(await server.connect()), "PLAIN,SCRAM-SHA-256");
});

/** The ways to get an account for a nick; each resolves to true if the account was made. */
const WAYS_TO_ACCOUNTS = {
  async "by key"(server: TestServer, nick: string): Promise<boolean> {
    return (await registerAndQuit(server, ADA_CERT, { nick })).includes(claimed(nick));
  },
  async "by password"(server: TestServer, nick: string): Promise<boolean> {
    const client = await server.register(nick);
    const [answer = ""] = await client.ask("REGISTER * * sesame");
    const full =
      ` FAIL REGISTER TEMPORARILY_UNAVAILABLE ${nick} :This server has reached its limit of accounts; ask its operator to remove some`;
    assert(answer.includes("REGISTER SUCCESS") || answer.endsWith(full), answer);
    return !answer.endsWith(full);
  },
};

for (const last of ["by key", "by password"] as const) {
  Deno.test(`the number of accounts is limited; the last one is made ${last}`, async () => {
    const store = openStore(testOptions());
    for (let i = 1; i < ACCOUNT_LIMIT; i++) {
      store.keep("account", `a${i}`, { name: `a${i}`, createdAt: 0, fingerprints: [] });
    }
    store.commit();
    await using server = await secureServer({}, { store });
    assert(await WAYS_TO_ACCOUNTS[last](server, "ada"));
    assert(!await WAYS_TO_ACCOUNTS["by key"](server, "bob"));
    assert(!await WAYS_TO_ACCOUNTS["by password"](server, "eve"));
  });
}

Deno.test("a certificate does not log in a user who has logged in by another way", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * sesame");
  const lines = await registerAndQuit(server, ADA_CERT, { nick: "ada", login: ["bob", "sesame"] });
  const logins = lines.filter((line) => line.includes(" 900 "));
  assertEquals(logins.map((line) => line.split(" ")[4]), ["bob"]);
});
