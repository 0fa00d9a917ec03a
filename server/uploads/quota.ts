/**
 * Limits the uploads that are in progress: their number, the bytes of each, and the bytes that they
 * and the complete files take together. Does not know connections.
 *
 * @module
 */

import { networkOf } from "../../shared/ip.ts";
import { countedBytes, type Uploads } from "../state/uploads.ts";

/** The largest number of uploads in progress at a time: from one address, and in all. */
export const AT_ONCE = { perAddress: 4, all: 64 } as const;

/** The limits on the bytes of files. */
export interface ByteLimits {
  /** The bytes of one file. */
  readonly file: number;
  /** The bytes of all files of one account. */
  readonly account: number;
  /** The bytes of all files. */
  readonly all: number;
}

/** The reason why a file is refused: the limit that it would exceed. */
export type Exceeded = keyof ByteLimits;

/** The uploads in progress. */
export class Quota {
  readonly #byAddress = new Map<string, number>();
  #count = 0;
  readonly #reservedOf = new Map<string, number>();
  #reserved = 0;

  /** The number of bytes that are reserved for the uploads in progress. */
  get reserved(): number {
    return this.#reserved;
  }

  /**
   * Counts an upload from `address`; returns the function that ends the count, or `undefined` if
   * there are too many.
   */
  begin(address: string): (() => void) | undefined {
    const key = networkOf(address);
    const count = this.#byAddress.get(key) ?? 0;
    if (count >= AT_ONCE.perAddress || this.#count >= AT_ONCE.all) return undefined;
    this.#count++;
    add(this.#byAddress, key, 1);
    return () => {
      this.#count--;
      add(this.#byAddress, key, -1);
    };
  }

  /**
   * Reserves space for a file of at most `bytes` that `account` uploads, in addition to the
   * complete files in `uploads`. Returns the function that gives the space back, or the limit that
   * would be exceeded.
   */
  reserve(
    account: string,
    bytes: number,
    uploads: Pick<Uploads, "bytes" | "bytesOf">,
    limits: ByteLimits,
  ): (() => void) | Exceeded {
    const counted = countedBytes(bytes);
    const reservedOf = this.#reservedOf.get(account) ?? 0;
    if (bytes > limits.file) return "file";
    if (uploads.bytesOf(account) + reservedOf + counted > limits.account) return "account";
    if (uploads.bytes + this.#reserved + counted > limits.all) return "all";
    this.#reserved += counted;
    add(this.#reservedOf, account, counted);
    return () => {
      this.#reserved -= counted;
      add(this.#reservedOf, account, -counted);
    };
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  const sum = (counts.get(key) ?? 0) + count;
  if (sum > 0) counts.set(key, sum);
  else counts.delete(key);
}
