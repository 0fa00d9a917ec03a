/**
 * The arithmetic of SCRAM-SHA-256 that both sides share: the keys that follow from a password, and
 * the signatures made with them. Uses WebCrypto alone, so that it runs in a browser too.
 *
 * Sources: RFC 5802, section 3; RFC 7677.
 *
 * @module
 */

/** The keys that follow from a password; the server keeps only the last two. */
export interface ScramSecrets {
  /** With this, a client proves that it knows the password. */
  readonly clientKey: Uint8Array<ArrayBuffer>;
  /** By this, a server recognises that proof. */
  readonly storedKey: Uint8Array<ArrayBuffer>;
  /** With this, a server proves that it knows the password. */
  readonly serverKey: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

/** Makes the keys of `password`, after so many `iterations`, off the event loop. */
export async function scramSecrets(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<ScramSecrets> {
  const encoded = encoder.encode(password);
  const key = await crypto.subtle.importKey("raw", encoded, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  const salted = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
  const clientKey = await sign(salted, "Client Key");
  const storedKey = new Uint8Array(await crypto.subtle.digest("SHA-256", clientKey));
  return { clientKey, storedKey, serverKey: await sign(salted, "Server Key") };
}

/** Makes the signature of `text`: HMAC with SHA-256. */
export async function sign(
  key: Uint8Array<ArrayBuffer>,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

/** Returns the exclusive or of two arrays of the same length. */
export function xor(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  return one.map((byte, i) => byte ^ (other[i] ?? 0));
}
