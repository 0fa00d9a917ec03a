/**
 * Limits rates by token buckets: each use takes a token, and tokens come back with time.
 *
 * @module
 */

import type { Moment } from "./clock.ts";

/** A token bucket, which allows `burst` uses at once and `perSecond` in the long run. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: Moment;

  /** Starts with a full bucket. */
  constructor(perSecond: number, burst: number, now: Moment) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes a token; returns false if there is none. */
  tryTake(now: Moment): boolean {
    if (!this.has(now)) return false;
    this.#tokens--;
    return true;
  }

  /**
   * Takes a token. If there is none, takes the next one that comes back. Returns the time until
   * that token is there, in milliseconds.
   */
  take(now: Moment): number {
    this.#refill(now);
    this.#tokens--;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens * 1000 / this.#perSecond);
  }

  /** Returns true if there is a token to take. */
  has(now: Moment): boolean {
    this.#refill(now);
    return this.#tokens >= 1;
  }

  #refill(now: Moment): void {
    const gained = now.since(this.#at) * this.#perSecond / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#at = now;
  }
}

/** The largest number of keys; the least recently used one is forgotten first. */
const KEYS_LIMIT = 10_000;

/** A {@linkcode TokenBucket} for each key, such as an address. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #limit: number;
  readonly #buckets = new Map<string, TokenBucket>();

  /** Makes buckets of `burst` and `perSecond` each, for at most `limit` keys. */
  constructor(perSecond: number, burst: number, limit: number = KEYS_LIMIT) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#limit = limit;
  }

  /** Takes a token of `key`; returns false if there is none. */
  tryTake(key: string, now: Moment): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, this.#burst, now);
    // The key is inserted again as the last one: a map keeps the order of insertion.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest = key] = this.#buckets.keys();
    if (this.#buckets.size > this.#limit) this.#buckets.delete(oldest);
    return bucket.tryTake(now);
  }

  /** Returns true if there is a token of `key` to take. */
  has(key: string, now: Moment): boolean {
    return this.#buckets.get(key)?.has(now) ?? true;
  }
}
