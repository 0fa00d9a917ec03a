/**
 * The accounts, and which of them owns a nick. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { skeleton } from "./nicks.ts";
import type { Account } from "../events/records.ts";

/** The accounts. */
export class AccountIndex {
  readonly #byName = new Map<string, Account>();
  readonly #bySkeleton = new Map<string, string>();
  /** The folded names of the accounts that have each fingerprint. */
  readonly #byFingerprint = new Map<string, Set<string>>();

  /** All accounts, by folded name. */
  get byName(): ReadonlyMap<string, Account> {
    return this.#byName;
  }

  /** Returns the account called `name`. */
  get(name: string): Account | undefined {
    return this.#byName.get(casefold(name));
  }

  /** Returns the account that owns `nick`: the one with this name, or with a name that looks like it. */
  ownerOf(nick: string): Account | undefined {
    return this.get(nick) ?? this.get(this.#bySkeleton.get(skeleton(nick)) ?? "");
  }

  /** Returns the accounts that a certificate with this fingerprint logs in to, the oldest first. */
  with(fingerprint: string): Account[] {
    const names = this.#byFingerprint.get(fingerprint) ?? [];
    return Array.from(names, (name) => this.#byName.get(name) ?? [])
      .flat().sort((one, other) => one.createdAt - other.createdAt);
  }

  /** Adds an account, or replaces it. */
  save(account: Account): void {
    const name = casefold(account.name);
    this.#forgetFingerprints(name);
    for (const fingerprint of account.fingerprints) {
      const names = this.#byFingerprint.get(fingerprint) ?? new Set();
      this.#byFingerprint.set(fingerprint, names.add(name));
    }
    this.#byName.set(name, account);
    this.#bySkeleton.set(skeleton(account.name), account.name);
  }

  /** Removes the account called `name`. */
  remove(name: string): void {
    const key = casefold(name);
    this.#forgetFingerprints(key);
    this.#byName.delete(key);
    this.#bySkeleton.delete(skeleton(name));
  }

  #forgetFingerprints(name: string): void {
    for (const fingerprint of this.#byName.get(name)?.fingerprints ?? []) {
      const names = this.#byFingerprint.get(fingerprint);
      if (names?.delete(name) && names.size === 0) this.#byFingerprint.delete(fingerprint);
    }
  }
}
