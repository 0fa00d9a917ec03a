/**
 * The accounts, and the owners of nicks. Part of the network's state. Folded names and nicks are in
 * lower case, so names that differ only in case are equal.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { skeletons } from "./nicks.ts";
import { startOf } from "../events/ids.ts";
import type { Account } from "../events/records.ts";

/** The accounts. */
export class AccountIndex {
  readonly #byName = new Map<string, Account>();
  /** The name of the owner, by folded nick. Nicks that are names of accounts are not in it. */
  readonly #byNick = new Map<string, string>();
  /**
   * The name of the owner, by skeleton of each nick. An account owns its name, too. Nicks that look
   * alike have a skeleton in common (see {@linkcode skeletons}).
   */
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

  /**
   * Returns the account that owns `nick` itself, regardless of case: `nick` is its name, or one of
   * its other nicks.
   */
  ofNick(nick: string): Account | undefined {
    return this.get(nick) ?? this.get(this.#byNick.get(casefold(nick)) ?? "");
  }

  /**
   * Returns the account that owns `nick`; if there is none, an account whose nick looks like
   * `nick`.
   */
  ownerOf(nick: string): Account | undefined {
    const exact = this.ofNick(nick);
    if (exact) return exact;
    const names = skeletons(nick).flatMap((each) => this.#bySkeleton.get(each) ?? []);
    return this.get(names[0] ?? "");
  }

  /** Returns the accounts that a certificate with this fingerprint logs in to, the oldest first. */
  with(fingerprint: string): Account[] {
    const names = this.#byFingerprint.get(fingerprint) ?? [];
    return Array.from(names, (name) => this.#byName.get(name) ?? [])
      .flat().sort((one, other) => startOf(one) < startOf(other) ? -1 : 1);
  }

  /** Adds an account, or replaces the account of the same name. */
  save(account: Account): void {
    const name = casefold(account.name);
    this.#forget(name);
    for (const fingerprint of account.fingerprints) {
      const names = this.#byFingerprint.get(fingerprint) ?? new Set();
      this.#byFingerprint.set(fingerprint, names.add(name));
    }
    this.#byName.set(name, account);
    for (const nick of account.nicks ?? []) this.#byNick.set(casefold(nick), account.name);
    for (const nick of nicksOf(account)) {
      for (const each of skeletons(nick)) this.#bySkeleton.set(each, account.name);
    }
  }

  /** Removes the account called `name`. */
  remove(name: string): void {
    const key = casefold(name);
    this.#forget(key);
    this.#byName.delete(key);
  }

  /** Removes the fingerprints and the nicks of the account with this folded name. */
  #forget(name: string): void {
    const account = this.#byName.get(name);
    if (!account) return;
    for (const fingerprint of account.fingerprints) {
      const names = this.#byFingerprint.get(fingerprint);
      if (names?.delete(name) && names.size === 0) this.#byFingerprint.delete(fingerprint);
    }
    for (const nick of account.nicks ?? []) this.#byNick.delete(casefold(nick));
    for (const each of nicksOf(account).flatMap(skeletons)) {
      // If another account has a nick that looks like this one, the skeleton may lead to that
      // account.
      if (this.#bySkeleton.get(each) === account.name) this.#bySkeleton.delete(each);
    }
  }
}

/** Returns the nicks that `account` owns; its name is the first. */
export function nicksOf({ name, nicks = [] }: Account): string[] {
  return [name, ...nicks];
}
