/**
 * Hashes passwords and checks them. Both are slow on purpose, so they run off the event loop, a few
 * at a time. Does not know accounts or clients.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { saslPrep } from "../../shared/sasl_prep.ts";
import { type Applicant, FairQueue } from "./fair_queue.ts";
import { scramKeys } from "./scram.ts";
import type { Credentials, ScryptHash } from "../events/records.ts";

/** The cost of new hashes: 32 MiB and about 60 ms each. */
const SCRYPT = { cost: 2 ** 15, blockSize: 8, parallelization: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** The memory that the most expensive stored hash may take, in bytes. */
const MAX_MEMORY = 128 * 1024 * 1024;

/**
 * The largest number of passwords that are hashed at a time. If there are several processors, one
 * stays free for messages.
 */
const CONCURRENCY = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1));

/** The hash that is checked if there is no account, so that the check takes equally long. */
const DECOY: ScryptHash = {
  ...SCRYPT,
  salt: Buffer.alloc(SALT_BYTES).toString("base64"),
  hash: Buffer.alloc(HASH_BYTES).toString("base64"),
};

/** Creates and checks credentials. */
export class Passwords {
  readonly #queue = new FairQueue(CONCURRENCY);

  /** Returns true if so many passwords wait that another one from `address` should be refused. */
  isBusy(address: string): boolean {
    return this.#queue.isFull(address);
  }

  /** Drops the passwords that wait; resolves once no password is being hashed any more. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  /** Returns the credentials to store for `password`. */
  credentials(password: string, applicant: Applicant): Promise<Credentials> {
    return this.#queue.run(applicant, async () => ({
      scrypt: await newHash(password),
      scram: await scramKeys(password),
    }));
  }

  /** Resolves to true if `password` matches `credentials`; to false if there are no credentials. */
  matches(
    password: string,
    credentials: Credentials | undefined,
    applicant: Applicant,
  ): Promise<boolean> {
    return this.#queue.run(applicant, async () => {
      const { salt, hash, ...parameters } = credentials?.scrypt ?? DECOY;
      const right = Buffer.from(hash, "base64");
      let isRight = false;
      for (const form of formsOf(password)) {
        const claimed = await derive(form, Buffer.from(salt, "base64"), parameters);
        isRight ||= timingSafeEqual(claimed, right);
      }
      return isRight && credentials !== undefined;
    });
  }
}

/**
 * Returns the texts whose hash is compared with the stored one: the password as SASLprep (RFC 4013)
 * prepares it, and the password in Unicode's form NFKC, which earlier versions hashed.
 */
function formsOf(password: string): readonly string[] {
  return [...new Set([saslPrep(password), password.normalize("NFKC")])];
}

async function newHash(password: string): Promise<ScryptHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(saslPrep(password), salt, SCRYPT);
  return { ...SCRYPT, salt: salt.toString("base64"), hash: hash.toString("base64") };
}

function derive(
  password: string,
  salt: Uint8Array,
  { cost: N, blockSize: r, parallelization: p }: Omit<ScryptHash, "salt" | "hash">,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: MAX_MEMORY };
    scrypt(password, salt, HASH_BYTES, options, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
