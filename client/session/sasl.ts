/**
 * SASL from the client's side: what each mechanism says to prove who the user is, and what it makes of
 * what the server says. It sends nothing, and which mechanism to use is the business of who asks.
 *
 * Sources: RFC 4616 (PLAIN); RFC 5802 and RFC 7677 (SCRAM-SHA-256); RFC 4422, appendix A (EXTERNAL).
 *
 * @module
 */

import { scramSecrets, sign, xor } from "../../shared/scram.ts";

/** Who the user claims to be. */
export interface Credentials {
  /** The account's name. */
  readonly account: string;
  /** Its password; empty where the user's key takes its place. */
  readonly password: string;
}

/** What the server says makes no sense, or proves that it is not what it should be. */
export class MechanismError extends Error {
  /** As shown where nothing else says what kind of error it is. */
  override name = "MechanismError";
}

/** One mechanism at work. */
export interface Mechanism {
  /**
   * Answers what the server says, which is nothing at first.
   *
   * @throws {MechanismError} if that cannot be answered.
   */
  answer(challenge: string): string | Promise<string>;
  /** Whether the server has proven all that it has to before it may say that one is logged in. */
  readonly isProven: boolean;
}

/** A mechanism there is. */
export interface MechanismKind {
  /** As servers call it. */
  readonly name: string;
  /** Whether the server is told the password itself, and so is everybody who reads along. */
  readonly sendsPassword: boolean;
  /** Whether it is by the key that the user's client has shown, and needs no password. */
  readonly isByKey: boolean;
  /** Begins to prove who the user is. */
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
      // As whom to act could be left out (RFC 4616, section 2); not all servers are used to that.
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
 * How often a server may have us hash: fewer repetitions than RFC 7677, section 4, asks for would
 * help who reads along to guess the password, and more would keep the machine busy.
 */
const ITERATIONS = { least: 4096, most: 5_000_000 } as const;

const NONCE_BYTES = 18;

/** The header that says that no channel binding is known here, and nobody acts for another. */
const HEADER = "n,,";

/** SCRAM-SHA-256: both sides prove that they know the password, and neither tells it. */
export class ScramSha256 implements Mechanism {
  readonly #credentials: Credentials;
  readonly #nonce: string;
  readonly #opening: string;
  #state: "new" | "opened" | "proving" | "proven" = "new";
  /** The proof that the server owes; undefined until the client's own is made. */
  #signature: Uint8Array | undefined;

  /** `nonce` is to be another each time. */
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
        throw new MechanismError("goes on after the end");
    }
  }

  async #prove(challenge: string): Promise<string> {
    const [, nonce = "", salt = "", count = ""] =
      /^r=([!-+\--~]+),s=([A-Za-z\d+/=]+),i=(\d{1,9})(?:,.*)?$/.exec(challenge) ?? [];
    const iterations = Number(count);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new MechanismError("answers something that was not asked");
    }
    if (iterations < ITERATIONS.least || iterations > ITERATIONS.most) {
      throw new MechanismError(`wants the password hashed ${iterations} times`);
    }
    const secrets = await scramSecrets(this.#credentials.password, fromBase64(salt), iterations);
    const final = `c=${btoa(HEADER)},r=${nonce}`;
    const all = `${this.#opening},${challenge},${final}`;
    this.#signature = await sign(secrets.serverKey, all);
    const proof = xor(secrets.clientKey, await sign(secrets.storedKey, all));
    return `${final},p=${proof.toBase64()}`;
  }

  #check(challenge: string): void {
    const [, proof = ""] = /^v=([^,]*)(?:,.*)?$/.exec(challenge) ?? [];
    if (this.#signature && isSame(fromBase64(proof), this.#signature)) return;
    throw new MechanismError("does not prove that it knows the password");
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
    throw new MechanismError("says something else (that is not base64)");
  }
}

/** Compares two arrays in a time that depends on their lengths alone. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  const difference = one.reduce((sum, byte, i) => sum | (byte ^ (other[i] ?? 0)), 0);
  return one.length === other.length && difference === 0;
}
