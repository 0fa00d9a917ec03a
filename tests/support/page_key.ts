/**
 * A page in a browser, as the server sees it: a WebSocket from the server's own origin, and a key
 * that it proves with KEY.
 *
 * @module
 */

import { assert } from "@std/assert";
import { proofText } from "../../shared/key_proof.ts";
import { Page } from "../../server/net/page.ts";
import type { IrcClient } from "./irc_client.ts";
import type { TestServer } from "./server.ts";

/** A page without content, for a server in a test. */
export const PAGE = new Page(() => Promise.resolve(undefined));

/** A key as a browser keeps it. */
export interface PageKey {
  readonly privateKey: CryptoKey;
  /** The public key, in base64. */
  readonly shown: string;
}

/** Makes a key. */
export async function makePageKey(namedCurve = "P-256"): Promise<PageKey> {
  const algorithm = { name: "ECDSA", namedCurve };
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const exported = await crypto.subtle.exportKey("spki", pair.publicKey);
  return { privateKey: pair.privateKey, shown: new Uint8Array(exported).toBase64() };
}

/** Connects as the server's own page does, and sends nothing. */
export async function openPage(
  server: TestServer,
  headers?: readonly string[],
): Promise<IrcClient> {
  const host = `127.0.0.1:${server.port}`;
  return await server.web({ host, headers: headers ?? [`Origin: http://${host}`] });
}

/** Returns the origin of the page of a server. */
export function originOf(server: TestServer): string {
  return `http://127.0.0.1:${server.port}`;
}

/** Shows the key; resolves to the challenge. */
export async function challengeFor(client: IrcClient, { shown }: PageKey): Promise<string> {
  const [answer = ""] = await client.ask(`KEY SHOW ${shown}`);
  const [, challenge] = /^\S+ KEY CHALLENGE (\S+)$/.exec(answer) ?? [];
  assert(challenge, answer);
  return challenge;
}

/** Returns the signature of a challenge, in base64. */
export async function signed(
  { privateKey, shown: key }: PageKey,
  origin: string,
  challenge: string,
): Promise<string> {
  const text = new TextEncoder().encode(proofText({ origin, key, challenge }));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, text)).toBase64();
}

/** Connects as the page, and proves the key. */
export async function openWithKey(server: TestServer, key: PageKey): Promise<IrcClient> {
  const client = await openPage(server);
  const signature = await signed(key, originOf(server), await challengeFor(client, key));
  const [answer = ""] = await client.ask(`KEY PROVE ${signature}`);
  assert(answer.startsWith(":chat.test KEY PROVEN "), answer);
  return client;
}
