import { assert, assertEquals } from "@std/assert";
import { CERTIFICATE_LIMIT, SHARED_LIMIT } from "../../../server/accounts/certificates.ts";
import { Passwords } from "../../../server/auth/passwords.ts";
import { type IrcClient } from "../../support/irc_client.ts";
import {
  ADA_CERT,
  BOB_CERT,
  connect,
  loggedIn,
  registerAndQuit,
  registerWith,
  saslExternal,
  secureServer,
  storeWithAccounts,
  UNKNOWN,
  welcome,
} from "../../support/certificate_users.ts";
import { manyFingerprints } from "../../support/server.ts";

const NOT_SHOWN =
  "You can add only the certificate that your client presents: connect with the other one " +
  "and say CERT ADD, or type /link CODE on that machine.";

/** Sends `text` to NickServ; resolves to its answers, without the common beginning. */
async function tell(client: IrcClient, text: string): Promise<string[]> {
  return (await client.ask(`PRIVMSG NickServ :${text}`)).map((line) =>
    line.replace(/^:NickServ!service@chat\.test NOTICE \S+ :/, "")
  );
}

Deno.test("CERT ADD adds the certificate that the client presents", async () => {
  await using server = await secureServer();
  const ada = await server.register("ada");
  await ada.ask("REGISTER * * sesame");
  const login = ["ada", "sesame"] as const;
  const { client } = await registerWith(server, ADA_CERT, { nick: "ada", login });
  const { fingerprint } = ADA_CERT;
  assertEquals(await tell(client, "CERT LIST"), ["Your account has no certificates."]);
  assertEquals(await tell(client, "cert add"), [
    `The certificate ${fingerprint} now logs in to ada.`,
  ]);
  assertEquals(await tell(client, "CERT LIST"), [`${fingerprint} (presented by this client)`]);
  assertEquals(await tell(ada, "CERT LIST"), [fingerprint]);
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "ada" }), [
    loggedIn("ada"),
    welcome("ada"),
  ]);
  assertEquals(await tell(ada, `CERT DEL ${fingerprint}`), [
    `The certificate ${fingerprint} no longer logs in to ada.`,
  ]);
  assertEquals(await saslExternal(await connect(server, ADA_CERT), "ada"), [UNKNOWN]);
});

Deno.test("CERT ADD takes only the client's own certificate, with a fingerprint in any format", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  const none = await server.register("bob");
  await none.ask("REGISTER * * sesame");
  assertEquals(await tell(none, "CERT ADD"), [
    "Your client presents no certificate; connect over TLS with one.",
  ]);
  assertEquals(await tell(none, `CERT ADD ${BOB_CERT.fingerprint}`), [NOT_SHOWN]);
  const { client: bob } = await registerWith(server, BOB_CERT, {
    nick: "bob",
    login: ["bob", "sesame"],
  });
  const { fingerprint } = BOB_CERT;
  const colons = fingerprint.toUpperCase().replace(/..(?=.)/g, "$&:");
  assertEquals(await tell(bob, `CERT ADD ${colons}`), [
    `The certificate ${fingerprint} now logs in to bob.`,
  ]);
  const table: readonly [text: string, answer: string][] = [
    ["CERT ADD", "Your account already has that certificate."],
    ["CERT ADD 9f2c", NOT_SHOWN],
    ["CERT DEL", "A fingerprint has 64 hexadecimal digits; CERT LIST shows those of your account."],
    [`CERT ADD ${fingerprint}`, "Your account already has that certificate."],
    [`CERT ADD ${ADA_CERT.fingerprint}`, NOT_SHOWN],
    [
      `CERT DEL ${ADA_CERT.fingerprint}`,
      "Your account does not have that certificate; CERT LIST shows those that it has.",
    ],
    ["CERT", "Usage: CERT ADD | DEL <fingerprint> | LIST"],
    ["CERT toString", "Use CERT ADD, CERT DEL or CERT LIST; HELP explains them."],
  ];
  for (const [text, answer] of table) assertEquals(await tell(bob, text), [answer], text);
  assertEquals(await registerAndQuit(server, BOB_CERT, { nick: "bob" }), [
    ":chat.test 900 bob bob!~bob@127.0.0.1 bob :You are now logged in as bob",
    welcome("bob"),
  ]);
});

Deno.test("the certificates of an account and the accounts of a certificate are limited", async () => {
  const names = Array.from({ length: SHARED_LIMIT }, (_, i) => `ada${i}`);
  const store = storeWithAccounts(ADA_CERT, ...names);
  const fingerprints = manyFingerprints(CERTIFICATE_LIMIT);
  const credentials = await new Passwords().credentials("sesame", { address: "", account: "" });
  store.keep("account", "bob", { name: "bob", createdAt: 0, credentials, fingerprints });
  store.commit();
  await using server = await secureServer({}, { store });
  const { client: bob } = await registerWith(server, BOB_CERT, {
    nick: "bob",
    login: ["bob", "sesame"],
  });
  assertEquals(await tell(bob, "CERT ADD"), [
    `The account bob already has ${CERTIFICATE_LIMIT} certificates, which is the limit: in a ` +
    "client that is logged in to it, list them with /msg NickServ CERT LIST, and remove one with " +
    "CERT DEL.",
  ]);
  const eve = await server.register("eve");
  await eve.ask("REGISTER * * sesame");
  const { client } = await registerWith(server, ADA_CERT, {
    nick: "eve",
    login: ["eve", "sesame"],
  });
  assertEquals(await tell(client, "CERT ADD"), [
    `Your client's certificate already belongs to ${SHARED_LIMIT} accounts, which is the limit: ` +
    "log in to one of them, and remove it there with /msg NickServ CERT DEL.",
  ]);
});

Deno.test("the only key of an account can be removed once it has a password", async () => {
  await using server = await secureServer();
  const { client: ada } = await registerWith(server, ADA_CERT, { nick: "ada" });
  assertEquals(await tell(ada, `CERT DEL ${ADA_CERT.fingerprint}`), [
    "That is the last way into your account; set a password first, with PASSWD.",
  ]);
  await ada.send("PRIVMSG NickServ :PASSWD sesame", "PING done");
  assertEquals((await ada.expect("NOTICE")).params[1], "Your password has been changed.");
  await ada.expect("PONG");
  assertEquals(await tell(ada, "PASSWD shovel"), [
    "Give your old password too, before the new one.",
  ]);
  assertEquals((await tell(ada, `CERT DEL ${ADA_CERT.fingerprint}`)).length, 1);
  const received = await registerAndQuit(server, undefined, {
    nick: "ada",
    login: ["ada", "sesame"],
  });
  assert(received.includes(welcome("ada")));
});

Deno.test("CERT needs a login", async () => {
  await using server = await secureServer();
  const eve = await server.register("eve");
  assertEquals(await tell(eve, "CERT ADD"), ["Log in first, with IDENTIFY."]);
});
