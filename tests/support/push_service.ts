import { assert, assertEquals } from "@std/assert";
import type { PushRequest } from "../../server/push/posting.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;

/** A program that gets messages by Web Push, and can decrypt them (RFC 8291). */
export class Subscriber {
  private constructor(
    readonly pair: CryptoKeyPair,
    readonly publicKey: Uint8Array<ArrayBuffer>,
    readonly auth: Uint8Array<ArrayBuffer>,
  ) {}

  static async make(): Promise<Subscriber> {
    const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return new Subscriber(pair, publicKey, crypto.getRandomValues(new Uint8Array(16)));
  }

  /** The keys as WEBPUSH takes them. */
  get keys(): string {
    return `p256dh=${toBase64(this.publicKey)};auth=${toBase64(this.auth)}`;
  }

  /** Decrypts the body of a request: one record of aes128gcm (RFC 8188, section 2). */
  async decrypt(body: Uint8Array): Promise<string> {
    const salt = body.slice(0, 16);
    const sender = body.slice(21, 21 + (body[20] ?? 0));
    const sealed = body.slice(21 + sender.length);
    const shared = await crypto.subtle.deriveBits(
      { ...CURVE, public: await crypto.subtle.importKey("raw", sender, CURVE, true, []) },
      this.pair.privateKey,
      256,
    );
    const info = bytesOf("WebPush: info\0", this.publicKey, sender);
    const secret = await expand(this.auth, shared, info, 32);
    const bits = await expand(salt, secret, bytesOf("Content-Encoding: aes128gcm\0"), 16);
    const iv = await expand(salt, secret, bytesOf("Content-Encoding: nonce\0"), 12);
    const key = await crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["decrypt"]);
    const padded = new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed),
    );
    const end = padded.lastIndexOf(2);
    return new TextDecoder().decode(padded.subarray(0, end));
  }
}

/** A push service that keeps the requests that it gets. */
export class PushService {
  /** The status of its answers. */
  status = 201;
  /** Requests to `slow.example` are answered once a test resolves this. */
  readonly slow = Promise.withResolvers<void>();
  readonly #requests: PushRequest[] = [];
  #grown = Promise.withResolvers<void>();

  /** Takes a request, in place of `post`. */
  readonly post = async (request: PushRequest): Promise<number> => {
    this.#requests.push(request);
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
    if (request.endpoint.startsWith("https://slow.example/")) await this.slow.promise;
    return this.status;
  };

  /** The number of requests that {@linkcode next} has not returned yet. */
  get count(): number {
    return this.#requests.length;
  }

  /** Removes and returns the next request; waits for it if there is none yet. */
  async next(): Promise<PushRequest> {
    for (;;) {
      const request = this.#requests.shift();
      if (request) return request;
      await this.#grown.promise;
    }
  }
}

/** Checks that a request is signed with `publicKey` for its own service (RFC 8292, section 2). */
export async function assertSigned(request: PushRequest, publicKey: string): Promise<void> {
  const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/i.exec(
    request.headers["authorization"] ?? "",
  ) ?? [];
  assertEquals(key, publicKey);
  const [head = "", claims = "", signature = ""] = token.split(".");
  const verifier = await crypto.subtle.importKey(
    "raw",
    fromBase64(key),
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(`${head}.${claims}`);
  const how = { name: "ECDSA", hash: "SHA-256" };
  assert(await crypto.subtle.verify(how, verifier, fromBase64(signature), signed));
  const { aud } = JSON.parse(new TextDecoder().decode(fromBase64(claims)));
  assertEquals(aud, new URL(request.endpoint).origin);
}

async function expand(
  salt: Uint8Array<ArrayBuffer>,
  secret: ArrayBuffer,
  info: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt, info },
    key,
    8 * bytes,
  );
}

function bytesOf(text: string, ...others: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...new TextEncoder().encode(text),
    ...others.flatMap((each) => [...each]),
  ]);
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}

/** The keys of a program, as WEBPUSH takes them. */
export const PUSH_KEYS = (await Subscriber.make()).keys;
