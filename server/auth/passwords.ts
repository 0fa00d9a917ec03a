/**
 * Passwords: what is kept of one, and whether a claimed one is right. That takes long on purpose, so
 * it is done off the event loop, a few at a time. Knows nothing of accounts or of who asks.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { scramKeys } from "./scram.ts";
import type { Credentials, ScryptHash } from "../events/records.ts";

/** The cost of new hashes, for 32 MiB and about 60 ms each. */
const SCRYPT = { cost: 2 ** 15, blockSize: 8, parallelization: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** As much as the costliest hash that is kept may take. */
const MAX_MEMORY = 128 * 1024 * 1024;

/** So many are worked on at a time: one processor is left to those who are talking. */
const AT_A_TIME = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1));
/** So many more may wait for that. */
const WAITING_LIMIT = 200;

/** Verified where there is no account, so that this takes as long as where there is one. */
const NOBODY: ScryptHash = {
  ...SCRYPT,
  salt: Buffer.alloc(SALT_BYTES).toString("base64"),
  hash: Buffer.alloc(HASH_BYTES).toString("base64"),
};

/** Makes and checks credentials; see the module. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Whether so many wait that nobody else should be made to. */
  get isBusy(): boolean {
    return this.#waiting.length >= WAITING_LIMIT;
  }

  /** What is to be kept of `password`. */
  credentials(password: string): Promise<Credentials> {
    return this.#inTurn(async () => ({
      scrypt: await newHash(password),
      scram: await scramKeys(prepare(password)),
    }));
  }

  /** Whether `password` is the right one; where there are no credentials, none is. */
  matches(password: string, credentials: Credentials | undefined): Promise<boolean> {
    return this.#inTurn(async () => {
      const { salt, hash, ...parameters } = credentials?.scrypt ?? NOBODY;
      const claimed = await derive(password, Buffer.from(salt, "base64"), parameters);
      return timingSafeEqual(claimed, Buffer.from(hash, "base64")) && credentials !== undefined;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < AT_A_TIME) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Who waits takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/**
 * The form under which passwords are compared: SASLprep (RFC 4013) without its list of prohibited
 * characters, which would keep nobody out.
 */
function prepare(password: string): string {
  return password.normalize("NFKC");
}

async function newHash(password: string): Promise<ScryptHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, SCRYPT);
  return { ...SCRYPT, salt: salt.toString("base64"), hash: hash.toString("base64") };
}

function derive(
  password: string,
  salt: Uint8Array,
  { cost: N, blockSize: r, parallelization: p }: Omit<ScryptHash, "salt" | "hash">,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: MAX_MEMORY };
    scrypt(prepare(password), salt, HASH_BYTES, options, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
