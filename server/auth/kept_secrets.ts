/**
 * Keeps secrets of the server, so that they stay the same over restarts. They are records of the
 * store, so every copy of the data folder contains them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Store } from "../store/store.ts";

/**
 * The size of a secret: 256 bits, as for a key of HMAC with SHA-256 and for a private key on P-256.
 */
const SECRET_BYTES = 32;

/** Returns the secret for `purpose`; makes it first, if there is none yet. */
export function keptSecret(store: Pick<Store, "keep" | "records">, purpose: string): Uint8Array {
  for (const [key, secret] of store.records("secret")) {
    if (key === purpose) return Buffer.from(secret, "base64");
  }
  const secret = randomBytes(SECRET_BYTES);
  store.keep("secret", purpose, secret.toString("base64"));
  return secret;
}
