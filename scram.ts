/**
 * SCRAM-SHA-256 as far as both sides compute the same: the keys that follow from a password, and what
 * is proven with them.
 *
 * Sources: RFC 5802, section 3; RFC 7677.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What follows from a password; the server keeps only the last two. */
export interface ScramSecrets {
  /** With this, a client proves that it knows the password. */
  readonly clientKey: Buffer;
  /** By this, a server recognises that proof. */
  readonly storedKey: Buffer;
  /** With this, a server proves that it knows the password. */
  readonly serverKey: Buffer;
}

/** The keys of `password`, after so many `iterations`; made off the event loop. */
export async function scramSecrets(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<ScramSecrets> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(password),
    "PBKDF2",
    false,
    ["deriveBits"],
  );
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  const salted = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
  const clientKey = sign(salted, "Client Key");
  return { clientKey, storedKey: hash(clientKey), serverKey: sign(salted, "Server Key") };
}

/** The signature of `text`: HMAC with SHA-256. */
export function sign(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** The SHA-256 of `bytes`. */
export function hash(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Exclusive or, of two of the same length. */
export function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, i) => byte ^ (other[i] ?? 0)));
}

/** Whether two are the same, in a time that does not tell how much of them is. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
