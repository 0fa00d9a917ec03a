/**
 * SCRAM-SHA-256, the server's side: a client proves that it knows a password, and the server that it
 * knows it too, and the password itself is never sent. It is pure but for the making of keys and
 * nonces. What both sides compute is in `shared/scram.ts`.
 *
 * Sources: RFC 5802; RFC 7677.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { scramSecrets, xor } from "../../shared/scram.ts";
import type { ScramKeys } from "../events/records.ts";

/** What RFC 7677 asks for at least is 4,096; clients do this in a fraction of a second. */
const ITERATIONS = 100_000;
const SALT_BYTES = 16;
const NONCE_BYTES = 18;
/** What a client's own nonce may be: the answer then fits into one line. */
const CLIENT_NONCE_LIMIT = 128;

/** The keys of `password`, made off the event loop. */
export async function scramKeys(
  password: string,
  salt: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
  iterations = ITERATIONS,
): Promise<ScramKeys> {
  const { storedKey, serverKey } = await scramSecrets(password, salt, iterations);
  return {
    salt: Buffer.from(salt).toString("base64"),
    iterations,
    storedKey: storedKey.toBase64(),
    serverKey: serverKey.toBase64(),
  };
}

/**
 * What `name` is told in the place of keys where there is no such account: the same at every try, as
 * it would be of an account. `secret` is the server's own. No proof fits it.
 */
export function noKeys(secret: Uint8Array, name: string): ScramKeys {
  const made = (what: string) => sign(secret, `${what} ${name}`);
  return {
    salt: made("salt").subarray(0, SALT_BYTES).toString("base64"),
    iterations: ITERATIONS,
    storedKey: made("stored key").toString("base64"),
    serverKey: made("server key").toString("base64"),
  };
}

/** A client's first message, taken apart (RFC 5802, section 7). */
export interface ScramOpening {
  /** Whom it claims to be. */
  readonly name: string;
  /** The header that its next message has to repeat. */
  readonly header: string;
  /** What is behind the header. */
  readonly bare: string;
  /** Its nonce. */
  readonly nonce: string;
}

/** Header, name and nonce; no extension is known here, and none may be mandatory. */
const OPENING = /^([ny],(?:a=([^,]*))?,)(n=([^,]*),r=([!-+\--~]+)(?:,.*)?)$/;

/** Reads a client's first message; `undefined` for what is none, or asks for what is not here. */
export function readOpening(message: string): ScramOpening | undefined {
  const [, header = "", asWhom, bare = "", escaped = "", nonce = ""] = OPENING.exec(message) ?? [];
  const name = unescapeName(escaped);
  if (name === "" || nonce.length > CLIENT_NONCE_LIMIT) return undefined;
  if (asWhom !== undefined && unescapeName(asWhom) !== name) return undefined;
  return { name, header, bare, nonce };
}

function unescapeName(name: string): string {
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** The server's first message, and what its second depends on. */
export class ScramChallenge {
  /** What the client is told. */
  readonly text: string;
  readonly #opening: ScramOpening;
  readonly #keys: ScramKeys;
  readonly #nonce: string;

  /** The challenge to who opened with `opening`, whose account has these keys; `nonce` is our part. */
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

  /** The server's proof, in answer to the client's; `undefined` if that is wrong. */
  answer(message: string): string | undefined {
    const [, said = "", header = "", nonce, proof = ""] = FINAL.exec(message) ?? [];
    const { header: first, bare } = this.#opening;
    if (nonce !== this.#nonce || header !== Buffer.from(first).toString("base64")) return undefined;
    const storedKey = Buffer.from(this.#keys.storedKey, "base64");
    const all = `${bare},${this.text},${said}`;
    const clientKey = xor(Buffer.from(proof, "base64"), sign(storedKey, all));
    const found = createHash("sha256").update(clientKey).digest();
    if (found.length !== storedKey.length || !timingSafeEqual(found, storedKey)) return undefined;
    return `v=${sign(Buffer.from(this.#keys.serverKey, "base64"), all).toString("base64")}`;
  }
}

/** Header, nonce and proof of a client's second message. */
const FINAL = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([^,]*)$/;

/** The signature of `text`, at once: a handler does not wait. */
function sign(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
