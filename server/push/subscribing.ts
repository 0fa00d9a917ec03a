/**
 * Checks the parts of a subscription to pushed messages. Performs no I/O.
 *
 * Source: https://ircv3.net/specs/extensions/webpush
 *
 * @module
 */

import { createECDH } from "node:crypto";
import { isIP } from "node:net";
import { parseTags } from "../../protocol.ts";
import { byteLength, trimSignsAtEnd } from "../../shared/text.ts";
import { hostOf, isPublic } from "./public_address.ts";

/** The largest size of an endpoint, in bytes: it must fit into a line with the keys. */
export const ENDPOINT_BYTES = 320;

/** The keys of a subscription, in base64url without padding. */
export interface PushKeys {
  /** The public key. */
  readonly p256dh: string;
  /** The secret. */
  readonly auth: string;
}

/**
 * Returns an endpoint in the form in which the server keeps it; `undefined` if `text` is not a
 * valid endpoint. A host name is looked up, and its addresses are checked, only when a message is
 * sent.
 */
export function endpointOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublic(host)) return undefined;
  return byteLength(url.href) <= ENDPOINT_BYTES ? url.href : undefined;
}

/** The size of the secret in bytes (RFC 8291, section 3.2). */
const AUTH_BYTES = 16;

/**
 * Reads keys that `text` contains in the form of message tags; returns `undefined` if a key is
 * missing or malformed.
 */
export function keysOf(text: string): PushKeys | undefined {
  const tags = parseTags(text);
  const p256dh = decoded(tags.get("p256dh"));
  const auth = decoded(tags.get("auth"));
  if (!p256dh || auth?.length !== AUTH_BYTES || !isPoint(p256dh)) return undefined;
  return { p256dh: encoded(p256dh), auth: encoded(auth) };
}

/** Returns true if `bytes` are an uncompressed point on P-256 (RFC 8291, section 2). */
function isPoint(bytes: Uint8Array): boolean {
  const own = createECDH("prime256v1");
  own.generateKeys();
  try {
    return bytes.length === 65 && own.computeSecret(bytes).length > 0;
  } catch {
    return false;
  }
}

function decoded(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  try {
    return Uint8Array.fromBase64(trimSignsAtEnd(text, "="), { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}

function encoded(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
