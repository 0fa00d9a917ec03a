/** A server to which people come with keys of their own, and what they are told. */

import { assertEquals } from "@std/assert";
import { type Certificate, makeCertificate } from "../../certificate.ts";
import { Identity } from "../../server/net/identity.ts";
import type { Store } from "../../server/store/store.ts";
import { base64, type Introduction, type IrcClient } from "./irc_client.ts";
import { type Overrides, TestServer } from "./server.ts";

/** The server's key and certificate. */
const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });
/** Ada's. */
export const ADA_CERT = await makeCertificate({ names: [], days: 1 });
/** Bob's. */
export const BOB_CERT = await makeCertificate({ names: [], days: 1 });

/** A server that people can come to by TLS. */
export function secureServer(
  overrides: Overrides = {},
  parts: { readonly store?: Store } = {},
): TestServer {
  return new TestServer(overrides, { identity: new Identity(SERVER), ...parts });
}

/** Somebody who is connected by TLS with their certificate, and has said nothing. */
export async function connect(server: TestServer, certificate?: Certificate): Promise<IrcClient> {
  const { key, cert } = certificate ?? {};
  const client = await server.encrypted({ ...(key && { key }), ...(cert && { cert }) });
  client.read();
  return client;
}

/** Somebody who has registered with their certificate, and what they were told of nicks and accounts. */
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

/** Somebody was there, and is gone. */
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

/** What who is called so is welcomed with. */
export const welcome = (nick: string) =>
  `:chat.test 001 ${nick} :Welcome to Test, ${nick}!~${nick}@127.0.0.1`;
/** What who logs in is told. */
export const loggedIn = (nick: string, account = nick) =>
  `:chat.test 900 ${nick} ${nick}!~${nick}@127.0.0.1 ${account} :You are now logged in as ${account}`;
/** What who is the first to use a nick is told. */
export const claimed = (nick: string) =>
  `:chat.test NOTICE ${nick} :The nick ${nick} is yours from now on: ` +
  "you are recognised by the key of your client";

/** How a login that fails is told; its reason comes behind. */
export const FAILED = ":chat.test 904 * :SASL authentication failed: ";
/** What who logs in with a certificate of no account is told. */
export const UNKNOWN = FAILED +
  "your certificate is that of no such account; NickServ's CERT ADD would make it so";

/** What EXTERNAL comes to, for the account called `name`, or for none in particular. */
export async function saslExternal(client: IrcClient, name = ""): Promise<string[]> {
  await client.ask("CAP REQ sasl");
  assertEquals(await client.ask("AUTHENTICATE EXTERNAL"), [":chat.test AUTHENTICATE +"]);
  return await client.ask(`AUTHENTICATE ${name === "" ? "+" : base64(name)}`);
}
