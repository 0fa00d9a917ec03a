/**
 * How often somebody may try to log in or to register, and what the keeping of passwords needs of
 * one server. Knows nothing of sessions or of what a login leads to.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Clock } from "../../shared/clock.ts";
import { casefold, LIMITS } from "../../protocol.ts";
import { networkOf } from "../../shared/ip.ts";
import { Passwords } from "./passwords.ts";
import { TokenBuckets } from "../../shared/rate.ts";
import { noKeys } from "./scram.ts";
import type { Account, ScramKeys } from "../events/records.ts";
import type { Store } from "../store/store.ts";

/** Wrong passwords that may be tried at once, of one account and from one address. */
export const TRIES = 20;
/** After that, one in so many seconds. */
export const TRY_SECONDS = 30;
/** Accounts that may be registered at once from one address: as many as may connect from there. */
export const REGISTRATIONS = 64;
/** After that, one in so many seconds. */
export const REGISTRATION_SECONDS = 60;
/** Of so many logins, it is remembered where they came from: the oldest gives way to one more. */
export const KNOWN_LIMIT = 10_000;

/** See the module. */
export class Logins {
  /** Makes and checks what is kept of passwords. */
  readonly passwords: Passwords = new Passwords();
  readonly #clock: Clock;
  readonly #byAddress = new TokenBuckets(1 / TRY_SECONDS, TRIES);
  readonly #byAccount = new TokenBuckets(1 / TRY_SECONDS, TRIES);
  readonly #registrations = new TokenBuckets(1 / REGISTRATION_SECONDS, REGISTRATIONS);
  readonly #tokens = new TokenBuckets(1 / TRY_SECONDS, TRIES);
  readonly #secret: Uint8Array;
  /** Addresses from which an account was logged in to, the latest last. */
  readonly #known = new Set<string>();

  /** `clock` tells when somebody may try again; `store` keeps the server's secret. */
  constructor(clock: Clock, store: Pick<Store, "keep" | "records">) {
    this.#clock = clock;
    this.#secret = keptSecret(store);
  }

  /**
   * Whether a login to the account called `name` may be tried now from `address`. What others tried
   * elsewhere does not keep its owner out from where they logged in before.
   */
  mayTry(address: string, name: string): boolean {
    const now = this.#clock.now();
    if (!this.#byAddress.has(networkOf(address), now)) return false;
    return this.#known.has(visit(address, name)) || this.#byAccount.has(keyOf(name), now);
  }

  /** The account called `name` was logged in to from `address`, by whatever proved that it may be. */
  succeeded(address: string, name: string): void {
    const latest = visit(address, name);
    this.#known.delete(latest);
    this.#known.add(latest);
    const [oldest = latest] = this.#known;
    if (this.#known.size > KNOWN_LIMIT) this.#known.delete(oldest);
  }

  /**
   * A login that was tried has failed. Only these count, so that all who are behind one address can
   * come back at once; a client tries one at a time.
   */
  failed(address: string, name: string): void {
    const now = this.#clock.now();
    this.#byAddress.tryTake(networkOf(address), now);
    this.#byAccount.tryTake(keyOf(name), now);
  }

  /** Whether a token, or the server's password, may be given now from `address`. */
  mayRedeem(address: string): boolean {
    return this.#tokens.has(networkOf(address), this.#clock.now());
  }

  /** What was given from `address` was no token, nor the server's password. Only these count. */
  redeemedInVain(address: string): void {
    this.#tokens.tryTake(networkOf(address), this.#clock.now());
  }

  /** Whether an account may be registered now from `address`; it then counts. */
  mayRegister(address: string): boolean {
    return this.#registrations.tryTake(networkOf(address), this.#clock.now());
  }

  /** The keys of the account called `name`, or what shows no difference where there is none. */
  keysOf(name: string, account: Account | undefined): ScramKeys {
    return account?.credentials?.scram ?? noKeys(this.#secret, casefold(name));
  }
}

/** No account has a longer name: what is remembered of those that do not exist is bounded as well. */
function keyOf(name: string): string {
  return casefold(name.slice(0, LIMITS.nick));
}

/** An account, and where it was logged in to. */
function visit(address: string, name: string): string {
  return `${networkOf(address)} ${keyOf(name)}`;
}

/** What accounts that do not exist are made up from: always the same, or a restart would give them away. */
function keptSecret(store: Pick<Store, "keep" | "records">): Uint8Array {
  for (const [key, secret] of store.records("secret")) {
    if (key === "logins") return Buffer.from(secret, "base64");
  }
  const secret = randomBytes(32);
  store.keep("secret", "logins", secret.toString("base64"));
  return secret;
}
