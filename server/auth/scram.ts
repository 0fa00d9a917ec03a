/**
 * The server's side of SCRAM-SHA-256: client and server prove to each other that they know the
 * password, without sending it. Performs no I/O; generates random salts and nonces. The
 * computations of both sides are in `shared/scram.ts`.
 *
 * Sources: RFC 5802; RFC 7677.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { scramSecrets, xor } from "../../shared/scram.ts";
import { passwordForms } from "../../shared/sasl_prep.ts";
import type { ScramKeyPair, ScramKeys } from "../events/records.ts";

/**
 * The number of iterations. RFC 7677 requires at least 4,096. A client needs a fraction of a second
 * for this many.
 */
const ITERATIONS = 100_000;
const SALT_BYTES = 16;
const NONCE_BYTES = 18;
/** The longest nonce of a client, in characters, so that the challenge fits into one line. */
const CLIENT_NONCE_LIMIT = 128;

/**
 * Computes the keys of `password`, in each of its forms, off the event loop. RFC 5802, section 2.2,
 * requires clients to prepare the password by SASLprep, but many use it as it was typed.
 */
export async function scramKeys(
  password: string,
  salt: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
  iterations = ITERATIONS,
): Promise<ScramKeys> {
  const [prepared = password, ...rest] = passwordForms(password);
  const common = { salt: Buffer.from(salt).toString("base64"), iterations };
  const first = await keyPair(prepared, salt, iterations);
  if (rest.length === 0) return { ...common, ...first };
  const others: ScramKeyPair[] = [];
  // One after the other, so that one password takes one processor at a time.
  for (const form of rest) others.push(await keyPair(form, salt, iterations));
  return { ...common, ...first, others };
}

async function keyPair(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<ScramKeyPair> {
  const { storedKey, serverKey } = await scramSecrets(password, salt, iterations);
  return { storedKey: storedKey.toBase64(), serverKey: serverKey.toBase64() };
}

/**
 * Returns keys for an account that does not exist. Like the keys of a real account, they are the
 * same at every attempt. No proof matches them. `secret` is the server's secret for this.
 */
export function decoyKeys(secret: Uint8Array, name: string): ScramKeys {
  const derive = (purpose: string) => sign(secret, `${purpose} ${name}`);
  return {
    salt: derive("salt").subarray(0, SALT_BYTES).toString("base64"),
    iterations: ITERATIONS,
    storedKey: derive("stored key").toString("base64"),
    serverKey: derive("server key").toString("base64"),
  };
}

/** The parts of a client's first message (RFC 5802, section 7). */
export interface ScramOpening {
  /** The name of the account. */
  readonly name: string;
  /** The GS2 header, which the client's next message must repeat. */
  readonly header: string;
  /** The message without its header. */
  readonly bare: string;
  /** The client's nonce. */
  readonly nonce: string;
}

/**
 * Matches a client's first message: its header, name and nonce. Extensions after the nonce are
 * ignored. A message with a mandatory extension, which comes before the name, does not match.
 */
const OPENING = /^([ny],(?:a=([^,]*))?,)(n=([^,]*),r=([!-+\--~]+)(?:,.*)?)$/;

/**
 * Reads a client's first message; `undefined` if it is malformed, or requires something
 * unsupported.
 */
export function readOpening(message: string): ScramOpening | undefined {
  const [, header = "", authzid, bare = "", escaped = "", nonce = ""] = OPENING.exec(message) ?? [];
  const name = unescapeName(escaped);
  if (name === "" || nonce.length > CLIENT_NONCE_LIMIT) return undefined;
  if (authzid !== undefined && unescapeName(authzid) !== name) return undefined;
  return { name, header, bare, nonce };
}

function unescapeName(name: string): string {
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** The server's first message, and the check of the client's second message. */
export class ScramChallenge {
  /** The message. */
  readonly text: string;
  readonly #opening: ScramOpening;
  readonly #keys: ScramKeys;
  readonly #nonce: string;

  /**
   * Creates the challenge for `opening`, a client's first message. `keys` are the keys of its
   * account, and `nonce` is the server's.
   */
  constructor(
    opening: ScramOpening,
    keys: ScramKeys,
    nonce = randomBytes(NONCE_BYTES).toString("base64"),
  ) {
    this.#opening = opening;
    this.#keys = keys;
    this.#nonce = opening.nonce + nonce;
    this.text = `r=${this.#nonce},s=${keys.salt},i=${keys.iterations}`;
  }

  /**
   * Checks the client's second message. Returns the server's proof, or `undefined` if the client's
   * proof is wrong.
   */
  answer(message: string): string | undefined {
    const [, withoutProof = "", header = "", nonce, proof = ""] = FINAL.exec(message) ?? [];
    const { header: expected, bare } = this.#opening;
    if (nonce !== this.#nonce) return undefined;
    if (header !== Buffer.from(expected).toString("base64")) return undefined;
    const authMessage = `${bare},${this.text},${withoutProof}`;
    const claimed = Buffer.from(proof, "base64");
    const keys = [this.#keys, ...this.#keys.others ?? []]
      .find(({ storedKey }) => isProof(claimed, Buffer.from(storedKey, "base64"), authMessage));
    if (!keys) return undefined;
    const serverKey = Buffer.from(keys.serverKey, "base64");
    return `v=${sign(serverKey, authMessage).toString("base64")}`;
  }
}

/** Returns true if a client that sent `proof` knows the password of `storedKey`. */
function isProof(proof: Uint8Array, storedKey: Buffer, authMessage: string): boolean {
  const clientKey = xor(proof, sign(storedKey, authMessage));
  const found = createHash("sha256").update(clientKey).digest();
  return found.length === storedKey.length && timingSafeEqual(found, storedKey);
}

/** The header, nonce and proof of a client's second message. */
const FINAL = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([^,]*)$/;

/**
 * Returns the signature of `text`. It is synchronous, unlike `sign` in `shared/scram.ts`, because
 * command handlers do not wait.
 */
function sign(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
