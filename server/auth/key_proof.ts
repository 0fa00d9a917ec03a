/**
 * The proof of one client that it has a private key, in place of a TLS client certificate. A page
 * in a browser cannot choose such a certificate, but can keep a key that no script can read. The
 * client signs a challenge. This module does not use sessions, and does not decide which clients
 * may try.
 *
 * The command `KEY` carries the public key, the challenge and the signature. It has no
 * specification. SASL's ECDSA-NIST256P-CHALLENGE signs the challenge itself, while the keys of
 * browsers sign only a hash of it (https://www.w3.org/TR/WebCryptoAPI/, "ECDSA", "Sign").
 *
 * @module
 */

import { fingerprintOf } from "../../shared/fingerprint.ts";
import { proofText } from "../../shared/key_proof.ts";

/** The number of random bytes in a challenge: with 256 bits, challenges do not repeat. */
const CHALLENGE_BYTES = 32;
/** The length of a signature in bytes: two numbers of 32 bytes (WebCrypto, "ECDSA", "Sign"). */
const SIGNATURE_BYTES = 64;
/** The length of a coordinate of a point, in bytes. */
const COORDINATE_BYTES = 32;
/**
 * The beginning of every public key on P-256 that is a SubjectPublicKeyInfo with an uncompressed
 * point (RFC 5480, section 2). Two coordinates follow it.
 */
const KEY_START = Uint8Array.fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
/** The length of a public key, in bytes. */
const KEY_BYTES = KEY_START.length + 2 * COORDINATE_BYTES;

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** A key that a client has shown, and the challenge for it. */
interface Shown {
  readonly key: Uint8Array<ArrayBuffer>;
  /** The text to sign. */
  readonly text: string;
}

/** The proof of one client, from the first key to a right signature. */
export class KeyProof {
  readonly #origin: string;
  #shown: Shown | undefined;
  #fingerprint: string | undefined;

  /** Begins the proof of a client whose page is at `origin`. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The fingerprint of the key that the client has proved to have. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /**
   * Takes a public key, in base64; an earlier challenge cannot be used any more. Returns the
   * challenge to sign, or `undefined` if `text` is not a key on P-256.
   */
  show(text: string): string | undefined {
    this.#shown = undefined;
    const key = decoded(text, KEY_BYTES);
    if (!key || KEY_START.some((byte, i) => byte !== key[i])) return undefined;
    const challenge = crypto.getRandomValues(new Uint8Array(CHALLENGE_BYTES)).toBase64();
    const parts = { origin: this.#origin, key: text, challenge };
    this.#shown = { key, text: proofText(parts) };
    return challenge;
  }

  /** True while the client has a challenge to sign. */
  get hasChallenge(): boolean {
    return this.#shown !== undefined;
  }

  /**
   * Takes a signature of the challenge, in base64; resolves to true if it is right. The challenge
   * cannot be used again. Other threads do the work.
   */
  async prove(text: string): Promise<boolean> {
    const shown = this.#shown;
    this.#shown = undefined;
    const signature = decoded(text, SIGNATURE_BYTES);
    if (!shown || !signature || !await isSigned(shown, signature)) return false;
    this.#fingerprint = fingerprintOf(shown.key);
    return true;
  }
}

async function isSigned({ key, text }: Shown, signature: Uint8Array<ArrayBuffer>) {
  try {
    const imported = await crypto.subtle.importKey("spki", key, CURVE, false, ["verify"]);
    const bytes = new TextEncoder().encode(text);
    return await crypto.subtle.verify(SIGNATURE, imported, signature, bytes);
  } catch (error) {
    // The point is not on the curve. WebCrypto demands a DataError for that; Deno throws a
    // TypeError, and only at a later step.
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * Returns the `length` bytes that `base64` encodes; `undefined` if it does not encode that many.
 */
function decoded(base64: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  if (base64.length !== 4 * Math.ceil(length / 3)) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
    return bytes.length === length ? bytes : undefined;
  } catch {
    return undefined;
  }
}
