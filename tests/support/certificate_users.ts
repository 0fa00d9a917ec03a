/**
 * A server whose users connect with certificates, and the replies they get.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Certificate, makeCertificate } from "../../shared/certificate.ts";
import { Identity } from "../../server/net/identity.ts";
import { openStore } from "../../server/store/open.ts";
import type { Store } from "../../server/store/store.ts";
import { base64, type Introduction, type IrcClient } from "./irc_client.ts";
import { type Overrides, testOptions, TestServer } from "./server.ts";

/** The server's key and certificate. */
const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });
/** Ada's key and certificate. */
export const ADA_CERT = await makeCertificate({ names: [], days: 1 });
/** Bob's key and certificate. */
export const BOB_CERT = await makeCertificate({ names: [], days: 1 });

/** Starts a server with a certificate, so that clients can use TLS. */
export function secureServer(
  overrides: Overrides = {},
  parts: { readonly store?: Store } = {},
): Promise<TestServer> {
  return TestServer.start(overrides, { identity: new Identity(SERVER), ...parts });
}

/**
 * Returns a store in memory with accounts that the certificate logs in to; `names` are their names,
 * the oldest account first.
 */
export function storeWithAccounts(
  { fingerprint }: Certificate,
  ...names: readonly string[]
): Store {
  const store = openStore(testOptions());
  for (const [createdAt, name] of names.entries()) {
    store.keep("account", name, { name, createdAt, fingerprints: [fingerprint] });
  }
  store.commit();
  return store;
}

/** Connects by TLS with this certificate, and sends nothing. */
export async function connect(server: TestServer, certificate?: Certificate): Promise<IrcClient> {
  const { key, cert } = certificate ?? {};
  const client = await server.encrypted({ ...(key && { key }), ...(cert && { cert }) });
  client.read();
  return client;
}

/** Registers with this certificate; also returns the replies about nicks and accounts. */
export async function registerWith(
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

/** Registers with this certificate and quits; returns the replies about nicks and accounts. */
export async function registerAndQuit(
  server: TestServer,
  certificate: Certificate | undefined,
  introduction: Introduction,
): Promise<string[]> {
  const { client, told } = await registerWith(server, certificate, introduction);
  await client.send("QUIT");
  await client.untilEnd();
  return told;
}

/** Returns the RPL_WELCOME that a user called `nick` gets. */
export const welcome = (nick: string) =>
  `:chat.test 001 ${nick} :Welcome to Test, ${nick}!~${nick}@127.0.0.1`;
/** Returns the RPL_LOGGEDIN that a user called `nick` gets. */
export const loggedIn = (nick: string, account = nick) =>
  `:chat.test 900 ${nick} ${nick}!~${nick}@127.0.0.1 ${account} :You are now logged in as ${account}`;
/** Returns the notice that the first user of a nick gets. */
export const claimed = (nick: string) =>
  `:chat.test NOTICE ${nick} :The nick ${nick} is now yours: ` +
  "the server recognizes you by your client's key";

/** The beginning of the reply to a login that fails; the reason follows it. */
export const FAILED = ":chat.test 904 * :SASL authentication failed: ";
/** The reply to a login with a certificate that belongs to no account. */
export const UNKNOWN = FAILED +
  "no account with that name has your certificate; log in another way, then add it with " +
  "/msg NickServ CERT ADD";

/** Logs in by SASL EXTERNAL, to the account `name` if there is one; returns the replies. */
export async function saslExternal(client: IrcClient, name = ""): Promise<string[]> {
  await client.ask("CAP REQ sasl");
  assertEquals(await client.ask("AUTHENTICATE EXTERNAL"), [":chat.test AUTHENTICATE +"]);
  return await client.ask(`AUTHENTICATE ${name === "" ? "+" : base64(name)}`);
}
