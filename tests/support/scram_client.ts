import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { Buffer } from "node:buffer";

const NONCE = "fyko+d2lbbFgONRv9qkxdawL";

/** The client's side of SCRAM-SHA-256 (RFC 5802), written independently of the server's. */
export class ScramClient {
  /** The client's first message. */
  readonly first: string;
  readonly #password: string;
  #serverSignature = "";

  constructor(account: string, password: string) {
    this.first = `n,,n=${account},r=${NONCE}`;
    this.#password = password;
  }

  /** Returns the client's final message, the response to the server's first. */
  second(challenge: string): string {
    const [, nonce = "", salt = "", count = ""] = /^r=(.*),s=(.*),i=(.*)$/.exec(challenge) ?? [];
    const salted = pbkdf2Sync(
      this.#password,
      Buffer.from(salt, "base64"),
      Number(count),
      32,
      "sha256",
    );
    const clientKey = hmac(salted, "Client Key");
    const bare = `c=biws,r=${nonce}`;
    const all = `${this.first.slice(3)},${challenge},${bare}`;
    const signature = hmac(createHash("sha256").update(clientKey).digest(), all);
    this.#serverSignature = hmac(hmac(salted, "Server Key"), all).toString("base64");
    const proof = clientKey.map((byte, i) => byte ^ (signature[i] ?? 0));
    return `${bare},p=${Buffer.from(proof).toString("base64")}`;
  }

  /** Returns true if the server's final message proves that the server knows the password. */
  accepts(message: string): boolean {
    return message === `v=${this.#serverSignature}`;
  }
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
