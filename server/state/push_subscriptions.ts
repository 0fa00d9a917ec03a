/**
 * The subscriptions by which owners of accounts get messages by Web Push while they are away. Part
 * of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { PushSubscription } from "../events/records.ts";

/** The largest number of subscriptions of one account. */
export const SUBSCRIPTION_LIMIT = 10;

/** The subscriptions of all accounts. */
export class PushSubscriptions {
  readonly #byEndpoint = new Map<string, PushSubscription>();
  readonly #byAccount = new Map<string, Map<string, PushSubscription>>();

  /** The number of accounts that have a subscription. */
  get accountCount(): number {
    return this.#byAccount.size;
  }

  /** Returns all subscriptions, the latest last. */
  all(): IteratorObject<PushSubscription> {
    return this.#byEndpoint.values();
  }

  /** Returns the subscription with this endpoint. */
  get(endpoint: string): PushSubscription | undefined {
    return this.#byEndpoint.get(endpoint);
  }

  /** Returns the subscriptions of an account. */
  of(account: string): readonly PushSubscription[] {
    return [...this.#byAccount.get(casefold(account))?.values() ?? []];
  }

  /** Adds a subscription; replaces one with the same endpoint. */
  save(subscription: PushSubscription): void {
    const { account, endpoint } = subscription;
    this.remove(endpoint);
    const key = casefold(account);
    const all = this.#byAccount.get(key) ?? new Map<string, PushSubscription>();
    this.#byAccount.set(key, all);
    all.set(endpoint, subscription);
    this.#byEndpoint.set(endpoint, subscription);
  }

  /** Removes the subscription with this endpoint, if there is one. */
  remove(endpoint: string): void {
    const account = this.#byEndpoint.get(endpoint)?.account;
    if (account === undefined) return;
    const key = casefold(account);
    const all = this.#byAccount.get(key);
    all?.delete(endpoint);
    if (all?.size === 0) this.#byAccount.delete(key);
    this.#byEndpoint.delete(endpoint);
  }

  /** Removes the subscriptions of an account. */
  forgetAccount(account: string): void {
    for (const { endpoint } of this.of(account)) this.remove(endpoint);
  }
}
