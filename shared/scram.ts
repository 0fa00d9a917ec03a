/**
 * Computes the keys and signatures of SCRAM-SHA-256, for the server and the client. It uses only
 * WebCrypto, so that it also runs in a browser.
 *
 * Sources: RFC 5802, section 3; RFC 7677.
 *
 * @module
 */

/** The keys derived from a password; the server stores only the last two. */
export interface ScramSecrets {
  /** The key with which a client proves that it knows the password. */
  readonly clientKey: Uint8Array<ArrayBuffer>;
  /** The key with which a server verifies that proof. */
  readonly storedKey: Uint8Array<ArrayBuffer>;
  /** The key with which a server proves that it knows the password. */
  readonly serverKey: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

/**
 * Derives the keys of `password` by PBKDF2 with `salt` and `iterations`, outside the event loop.
 */
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

/** Returns the signature of `text`: HMAC with SHA-256. */
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
