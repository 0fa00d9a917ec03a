/**
 * Makes cloaks: hosts that users see of each other in place of addresses. A cloak consists of keyed
 * hashes of the address and of the ranges around it. It reveals nothing about the address, and a
 * mask can still match a range: `*!*@*.k4xq2m.o7pw5g.ip`. The server stores the key of the hashes,
 * so an address has the same cloak after a restart.
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
 * The lengths, in bits, of the ranges that the labels of a cloak stand for, the narrowest range
 * first, for IPv4 and IPv6. One machine may have all IPv6 addresses that begin with the same 64
 * bits, so these addresses have the same cloak; see `networkOf`.
 */
const LABELS = { 4: [32, 24, 16], 6: [64, 48, 32] } as const;
/**
 * The number of characters of a label. A character has five bits, so a label has thirty bits: two
 * ranges hardly ever have the same label.
 */
const LABEL_LENGTH = 6;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
/** The number of addresses whose cloaks are remembered. */
const KNOWN_LIMIT = 10_000;

/** The cloaks of a server. */
export class Cloaks {
  readonly #key: Uint8Array;
  readonly #isOn: () => boolean;
  readonly #known = new Map<string, string>();

  /**
   * Creates the cloaks with the key that `store` keeps. `isOn` returns true while the server is set
   * to cloak hosts.
   */
  constructor(store: Pick<Store, "keep" | "records">, isOn: () => boolean) {
    this.#key = keptSecret(store, "cloaks");
    this.#isOn = isOn;
  }

  /**
   * Returns the host that others see of a client at `address`: its cloak, or the address itself if
   * cloaks are off.
   */
  hostOf(address: string): string {
    return this.#isOn() ? this.#cloakOf(address) : address;
  }

  /**
   * Returns the host to show for a restored user at `address`, who was shown with `host` before the
   * server started. The two can differ, because cloaks may have been turned on or off since. A host
   * that an operator chose stays.
   */
  renewed(host: string, address: string): string {
    const isChosen = host !== address && host !== this.#cloakOf(address);
    return isChosen ? host : this.hostOf(address);
  }

  /**
   * Returns a stored `nick!user@host` as others may see it now. If its host is an address, because
   * it was stored while cloaks were off, the address is replaced by the host that others see now.
   */
  maskFrom(mask: string): string {
    const at = mask.lastIndexOf("@");
    if (at < 0 || mask.endsWith(CLOAK_END)) return mask;
    const host = mask.slice(at + 1);
    return addressBits(host) === undefined ? mask : mask.slice(0, at + 1) + this.hostOf(host);
  }

  /** Returns a stored event with the mask of its author changed as by {@linkcode maskFrom}. */
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
