/**
 * Limits the rates of logins, registrations and tokens, and keeps the secret that hides which
 * accounts exist. Does not know sessions or the effects of a login.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { casefold, LIMITS } from "../../protocol.ts";
import { networkOf } from "../../shared/ip.ts";
import { keptSecret } from "./kept_secrets.ts";
import type { Applicant } from "./fair_queue.ts";
import { Passwords } from "./passwords.ts";
import { TokenBuckets } from "../../shared/rate.ts";
import { Tickets } from "./tickets.ts";
import { decoyKeys } from "./scram.ts";
import type { Account, ScramKeys } from "../events/records.ts";
import type { Store } from "../store/store.ts";

/** The number of wrong passwords allowed at once: for each account, and from each address. */
export const TRIES = 20;
/** The time after which one more wrong password is allowed, in seconds. */
export const TRY_SECONDS = 30;
/**
 * The number of accounts that one address may register at once: as many as the connections that it
 * may have by default.
 */
export const REGISTRATIONS = 64;
/** The time after which an address may register one more account, in seconds. */
export const REGISTRATION_SECONDS = 60;
/** The number of logins whose addresses are remembered. Each further login replaces the oldest. */
export const KNOWN_LIMIT = 10_000;

/** The limits on logins, registrations and tokens of one server. */
export class Logins {
  /** Hashes and checks passwords. */
  readonly passwords: Passwords = new Passwords();
  /** The tickets with which clients act for their accounts over HTTP. */
  readonly tickets: Tickets;
  readonly #clock: Clock;
  readonly #byAddress = new TokenBuckets(1 / TRY_SECONDS, TRIES);
  readonly #byAccount = new TokenBuckets(1 / TRY_SECONDS, TRIES);
  readonly #registrations = new TokenBuckets(1 / REGISTRATION_SECONDS, REGISTRATIONS);
  readonly #tokens = new TokenBuckets(1 / TRY_SECONDS, TRIES);
  readonly #secret: Uint8Array;
  /** Accounts and the addresses of their logins, the latest last. */
  readonly #known = new Set<string>();

  /** Measures time by `clock`, and keeps the server's secret in `store`. */
  constructor(clock: Clock, store: Pick<Store, "keep" | "records">) {
    this.#clock = clock;
    this.tickets = new Tickets(clock);
    // If a restart changed the secret, decoys could be distinguished from the keys of accounts.
    this.#secret = keptSecret(store, "logins");
  }

  /**
   * Returns true if a client at `address` may try to log in to the account `name` now. Wrong
   * passwords from other addresses do not stop the owner at an address where they logged in before.
   */
  mayTry(address: string, name: string): boolean {
    const now = this.#clock.moment();
    if (!this.#byAddress.has(networkOf(address), now)) return false;
    return this.#known.has(loginKeyOf(address, name)) || this.#byAccount.has(keyOf(name), now);
  }

  /**
   * Returns the origin of a password that a client at `address` gives for the account `name`. The
   * origin decides when it is this password's turn to be checked. If `isPresent` returns false by
   * then, because the client is gone, the password is not checked.
   */
  applicant(address: string, name: string, isPresent = () => true): Applicant {
    const isKnown = this.#known.has(loginKeyOf(address, name));
    return { address: networkOf(address), account: keyOf(name), isKnown, isPresent };
  }

  /** Returns true while no more passwords from `address` may wait. */
  isBusy(address: string): boolean {
    return this.passwords.isBusy(networkOf(address));
  }

  /** Remembers a login to the account `name` from `address`, with a password, a key or a token. */
  succeeded(address: string, name: string): void {
    const latest = loginKeyOf(address, name);
    this.#known.delete(latest);
    this.#known.add(latest);
    const [oldest = latest] = this.#known;
    if (this.#known.size > KNOWN_LIMIT) this.#known.delete(oldest);
  }

  /**
   * Counts a failed login. Successful logins do not count, so that all users of one address can log
   * in again at once, for example after a restart. A client tries one login at a time, so it cannot
   * start many before the first has failed.
   */
  failed(address: string, name: string): void {
    const now = this.#clock.moment();
    this.#byAddress.tryTake(networkOf(address), now);
    this.#byAccount.tryTake(keyOf(name), now);
  }

  /**
   * Returns true if a client at `address` may prove now that it has a key. Wrong proofs count with
   * the wrong passwords of the address.
   */
  mayProve(address: string): boolean {
    return this.#byAddress.has(networkOf(address), this.#clock.moment());
  }

  /** Counts a wrong proof of a key from `address`. Right proofs do not count. */
  proofFailed(address: string): void {
    this.#byAddress.tryTake(networkOf(address), this.#clock.moment());
  }

  /** Returns true if a client at `address` may give a token or the server password now. */
  mayRedeem(address: string): boolean {
    return this.#tokens.has(networkOf(address), this.#clock.moment());
  }

  /** Counts a wrong token or server password from `address`. Right ones do not count. */
  redeemFailed(address: string): void {
    this.#tokens.tryTake(networkOf(address), this.#clock.moment());
  }

  /** Returns true if a client at `address` may register an account now; counts the registration. */
  mayRegister(address: string): boolean {
    return this.#registrations.tryTake(networkOf(address), this.#clock.moment());
  }

  /**
   * Returns the SCRAM keys of the account `name`; if it does not exist, decoys that look the same.
   */
  keysOf(name: string, account: Account | undefined): ScramKeys {
    return account?.credentials?.scram ?? decoyKeys(this.#secret, casefold(name));
  }
}

/**
 * Returns the text by which an account is counted. Names that are too long to exist are cut, so
 * that this text is short.
 */
function keyOf(name: string): string {
  return casefold(name.slice(0, LIMITS.nick));
}

/** Returns the text by which a login is remembered: its address and its account. */
function loginKeyOf(address: string, name: string): string {
  return `${networkOf(address)} ${keyOf(name)}`;
}
