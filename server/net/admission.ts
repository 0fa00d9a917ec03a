/**
 * Limits the connections of each address, so that one address cannot take all connections. IPv6
 * addresses with the same first 64 bits count as one.
 *
 * @module
 */

import { networkOf } from "../../shared/ip.ts";
import { refusal } from "./foreign.ts";

/** Counts connections by address. */
export class Admission {
  readonly #counts = new Map<string, number>();

  /**
   * Admits a connection from `address` until {@linkcode release}; returns false if the address has
   * `limit` connections already.
   */
  admit(address: string, limit: number): boolean {
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count >= limit) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  /** Stops counting a connection from `address` that was admitted. */
  release(address: string): void {
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}

/**
 * Counts a connection from `address`; returns the function that stops counting it.
 *
 * @throws {Refused} with `reason` if the address has `limit` connections already.
 */
export function admitOrThrow(
  admission: Admission,
  address: string,
  limit: number,
  reason: string,
): () => void {
  if (!admission.admit(address, limit)) throw refusal(reason);
  return () => admission.release(address);
}
