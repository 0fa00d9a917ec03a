/**
 * The client's side of the SASL mechanisms: the messages that prove the user's identity, and the
 * checks of the server's proof. Sends nothing, and does not choose the mechanism.
 *
 * Sources: RFC 4616 (PLAIN); RFC 5802 and RFC 7677 (SCRAM-SHA-256); RFC 4422, appendix A
 * (EXTERNAL).
 *
 * @module
 */

import { saslPrep } from "../../shared/sasl_prep.ts";
import { scramSecrets, sign, xor } from "../../shared/scram.ts";
import { MECHANISM_TEXTS } from "../texts/session.ts";

/** The account and the password of the user. */
export interface Credentials {
  /** The account's name. */
  readonly account: string;
  /** The password; empty if the user's key takes its place. */
  readonly password: string;
}

/** The error of a server that sent an invalid message, or failed to prove its identity. */
export class MechanismError extends Error {
  /** The error's name, as stack traces show it. */
  override name = "MechanismError";
}

/** One exchange of a mechanism. */
export interface Mechanism {
  /**
   * Returns the answer to a challenge of the server; the first challenge is empty.
   *
   * @throws {MechanismError} if the challenge is invalid.
   */
  answer(challenge: string): string | Promise<string>;
  /** True once the server has given the proof that is necessary for a successful login. */
  readonly isProven: boolean;
}

/** A mechanism. */
export interface MechanismKind {
  /** The name, as servers write it. */
  readonly name: string;
  /**
   * True if it sends the password itself, which others can read if the connection is not encrypted.
   */
  readonly sendsPassword: boolean;
  /** True if it uses the key of the TLS connection, and no password. */
  readonly isByKey: boolean;
  /** Begins an exchange. */
  begin(credentials: Credentials): Mechanism;
}

/** The mechanisms, the best first. */
export const MECHANISMS: readonly MechanismKind[] = [
  {
    name: "SCRAM-SHA-256",
    sendsPassword: false,
    isByKey: false,
    begin: (credentials) => new ScramSha256(credentials),
  },
  {
    name: "PLAIN",
    sendsPassword: true,
    isByKey: false,
    begin: ({ account, password }) => ({
      // The authorization identity may be left out (RFC 4616, section 2); not all servers accept
      // that.
      answer: () => `${account}\0${account}\0${password}`,
      isProven: true,
    }),
  },
  {
    name: "EXTERNAL",
    sendsPassword: false,
    isByKey: true,
    begin: ({ account }) => ({ answer: () => account, isProven: true }),
  },
];

/**
 * The iterations that a server may ask for. Fewer than RFC 7677, section 4, demands would help an
 * eavesdropper guess the password; more would keep the machine busy.
 */
const ITERATIONS = { least: 4096, most: 5_000_000 } as const;

const NONCE_BYTES = 18;

/** The GS2 header: no channel binding, and no authorization identity. */
const HEADER = "n,,";

/** SCRAM-SHA-256: both sides prove that they know the password, and neither sends it. */
export class ScramSha256 implements Mechanism {
  readonly #credentials: Credentials;
  readonly #nonce: string;
  readonly #opening: string;
  #state: "new" | "opened" | "proving" | "proven" = "new";
  /** The proof that the server must send; undefined until the client has made its own proof. */
  #signature: Uint8Array | undefined;

  /** Begins an exchange; `nonce` must be different each time. */
  constructor(credentials: Credentials, nonce = randomNonce()) {
    this.#credentials = credentials;
    this.#nonce = nonce;
    const name = credentials.account.replaceAll("=", "=3D").replaceAll(",", "=2C");
    this.#opening = `n=${name},r=${nonce}`;
  }

  get isProven(): boolean {
    return this.#state === "proven";
  }

  async answer(challenge: string): Promise<string> {
    switch (this.#state) {
      case "new":
        this.#state = "opened";
        return HEADER + this.#opening;
      case "opened":
        this.#state = "proving";
        return await this.#prove(challenge);
      case "proving":
        this.#check(challenge);
        this.#state = "proven";
        return "";
      case "proven":
        throw new MechanismError(MECHANISM_TEXTS.afterEnd);
    }
  }

  async #prove(challenge: string): Promise<string> {
    const [, nonce = "", salt = "", count = ""] =
      /^r=([!-+\--~]+),s=([A-Za-z\d+/=]+),i=(\d{1,9})(?:,.*)?$/.exec(challenge) ?? [];
    const iterations = Number(count);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new MechanismError(MECHANISM_TEXTS.notAnAnswer);
    }
    if (iterations < ITERATIONS.least || iterations > ITERATIONS.most) {
      throw new MechanismError(MECHANISM_TEXTS.iterations(iterations));
    }
    // RFC 5802, section 2.2: the password is prepared by SASLprep.
    const password = saslPrep(this.#credentials.password);
    const secrets = await scramSecrets(password, fromBase64(salt), iterations);
    const final = `c=${btoa(HEADER)},r=${nonce}`;
    const all = `${this.#opening},${challenge},${final}`;
    this.#signature = await sign(secrets.serverKey, all);
    const proof = xor(secrets.clientKey, await sign(secrets.storedKey, all));
    return `${final},p=${proof.toBase64()}`;
  }

  #check(challenge: string): void {
    const [, proof = ""] = /^v=([^,]*)(?:,.*)?$/.exec(challenge) ?? [];
    if (this.#signature && isSame(fromBase64(proof), this.#signature)) return;
    throw new MechanismError(MECHANISM_TEXTS.noProof);
  }
}

function randomNonce(): string {
  return crypto.getRandomValues(new Uint8Array(NONCE_BYTES)).toBase64();
}

/** Decodes base64 from a server. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    throw new MechanismError(MECHANISM_TEXTS.malformed(MECHANISM_TEXTS.notBase64));
  }
}

/** Compares two arrays in a time that depends on their lengths alone. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  const difference = one.reduce((sum, byte, i) => sum | (byte ^ (other[i] ?? 0)), 0);
  return one.length === other.length && difference === 0;
}
