/**
 * How many connections each address has, so that one address cannot take them all.
 *
 * @module
 */

import { addressBits } from "./ip.ts";

/** Counts connections by address; see the module. */
export class Admission {
  #limit: number;
  readonly #counts = new Map<string, number>();

  /** `limit` is the connections that one address may have at a time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Another limit, for those who come from now on. */
  set limit(limit: number) {
    this.#limit = limit;
  }

  /** Admits a connection from `address`, to be {@linkcode release}d, unless it has too many. */
  admit(address: string): boolean {
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#limit) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  /** A connection that was admitted is gone. */
  release(address: string): void {
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}

/** An IPv4 address itself; of an IPv6 address the first 64 bits, all of which one host may have. */
export function networkOf(address: string): string {
  return addressBits(address)?.slice(0, 1 + 64) ?? address;
}
