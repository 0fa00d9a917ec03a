/**
 * How often something may happen: a bucket of tokens that refills with time.
 *
 * @module
 */

/** Allows `burst` at once and `perSecond` in the long run. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /** `now` is in milliseconds, as every later time given to it. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes one if there is one; returns whether there was. */
  tryTake(now: number): boolean {
    if (!this.has(now)) return false;
    this.#tokens--;
    return true;
  }

  /** Takes one; returns how many milliseconds to wait before acting on it, 0 when none. */
  take(now: number): number {
    this.#refill(now);
    this.#tokens--;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens * 1000 / this.#perSecond);
  }

  /** Whether there is one to take. */
  has(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= 1;
  }

  #refill(now: number): void {
    const gained = Math.max(0, now - this.#at) * this.#perSecond / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#at = now;
  }
}

/** Keys that are remembered at a time; the one that was not used for longest is forgotten first. */
const KEYS_LIMIT = 10_000;

/** A {@linkcode TokenBucket} for each key, such as an address. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #limit: number;
  readonly #buckets = new Map<string, TokenBucket>();

  /** What each of them allows; only so many keys are remembered. */
  constructor(perSecond: number, burst: number, limit: number = KEYS_LIMIT) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#limit = limit;
  }

  /** As {@linkcode TokenBucket.tryTake}, of the bucket for `key`. */
  tryTake(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, this.#burst, now);
    // Behind all others, as a map keeps the order in which keys came.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest = key] = this.#buckets.keys();
    if (this.#buckets.size > this.#limit) this.#buckets.delete(oldest);
    return bucket.tryTake(now);
  }

  /** As {@linkcode TokenBucket.has}, of the bucket for `key`. */
  has(key: string, now: number): boolean {
    return this.#buckets.get(key)?.has(now) ?? true;
  }
}
