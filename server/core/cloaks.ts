/**
 * Makes the hosts that users see of each other in place of addresses. A cloak consists of keyed
 * hashes of the address and of the ranges around it. It reveals nothing about the address, and a
 * mask can still match a range: `*!*@*.k4xq2m.o7pw5g.ip`. The server keeps the key, so cloaks stay
 * the same.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import { keptSecret } from "../auth/kept_secrets.ts";
import type { Actor } from "../events/actor.ts";
import { addressBits } from "../../shared/ip.ts";
import { CLOAK_END } from "../state/masks.ts";
import type { Store } from "../store/store.ts";

/**
 * The length in bits of the range that each label stands for, the narrowest first, by the version
 * of the address. One host may have all IPv6 addresses that share 64 bits, so these have one cloak;
 * see `networkOf`.
 */
const LABELS = { 4: [32, 24, 16], 6: [64, 48, 32] } as const;
/** The characters of a label, five bits each: thirty bits are enough that ranges hardly ever share one. */
const LABEL_LENGTH = 6;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
/** The number of addresses whose cloaks are remembered. */
const KNOWN_LIMIT = 10_000;

/** The cloaks of a server. */
export class Cloaks {
  readonly #key: Uint8Array;
  readonly #isOn: () => boolean;
  readonly #known = new Map<string, string>();

  /** Takes the store, which keeps the key, and a function that returns true while hosts are cloaked. */
  constructor(store: Pick<Store, "keep" | "records">, isOn: () => boolean) {
    this.#key = keptSecret(store, "cloaks");
    this.#isOn = isOn;
  }

  /** Returns the host that others see of a client at `address`: the address, if hosts are not cloaked. */
  hostOf(address: string): string {
    return this.#isOn() ? this.#cloakOf(address) : address;
  }

  /**
   * Returns the host that others see of a user at `address`, whose host was `host` before the server
   * started: the setting may have changed since. A host that an operator chose stays.
   */
  renewed(host: string, address: string): string {
    const isChosen = host !== address && host !== this.#cloakOf(address);
    return isChosen ? host : this.hostOf(address);
  }

  /** Returns a stored `nick!user@host`; its host may be an address from a time without cloaks. */
  maskFrom(mask: string): string {
    const at = mask.lastIndexOf("@");
    if (at < 0 || mask.endsWith(CLOAK_END)) return mask;
    const host = mask.slice(at + 1);
    return addressBits(host) === undefined ? mask : mask.slice(0, at + 1) + this.hostOf(host);
  }

  /** Returns a stored event, with the mask of its author as {@linkcode maskFrom} returns it. */
  eventFrom<T extends { readonly by: Actor }>(event: T): T {
    const mask = this.maskFrom(event.by.mask);
    return mask === event.by.mask ? event : { ...event, by: { ...event.by, mask } };
  }

  #cloakOf(address: string): string {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const bits = addressBits(address);
    const prefixes = bits === undefined
      ? [address]
      : LABELS[bits.startsWith("4") ? 4 : 6].map((length) => bits.slice(0, 1 + length));
    const cloak = prefixes.map((prefix) => this.#label(prefix)).join(".") + CLOAK_END;
    if (this.#known.size >= KNOWN_LIMIT) this.#known.clear();
    this.#known.set(address, cloak);
    return cloak;
  }

  #label(prefix: string): string {
    const hash = createHmac("sha256", this.#key).update(prefix).digest();
    return Array.from(hash.subarray(0, LABEL_LENGTH), (byte) => LETTERS.charAt(byte % 32)).join("");
  }
}
