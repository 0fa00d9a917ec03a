/**
 * Bans from the server. Bans by address or range apply before a client sends anything; bans by mask
 * apply when a client registers. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { formatDuration } from "../../shared/durations.ts";
import { addressBits, isWithin, parseRange } from "../../shared/ip.ts";
import { Candidate, fullMask, matches, prepare, preparedMask, type Subject } from "./masks.ts";
import type { BanKey, ServerBan } from "../events/records.ts";

/**
 * The largest number of bans of each kind. STATS can list all of them without overrunning a send
 * queue. Fewer masks are allowed than addresses, because all masks are compared one by one with
 * each client that registers.
 */
export const SERVER_BAN_LIMITS: Readonly<Record<BanKey["kind"], number>> = {
  address: 2000,
  mask: 1000,
};

/**
 * Returns a function that reports whether `ban` matches a client, by its `address` or by its
 * `mask`, which is `nick!user@host`. A client that has not registered has no mask, and no ban by
 * mask matches it.
 */
export function matcherOf(
  ban: BanKey,
): (address: string, mask: string | undefined) => boolean {
  if (ban.kind === "mask") {
    const ready = prepare(ban.target);
    return (address, mask) =>
      mask !== undefined && matches(ready, new Candidate({ mask, address }));
  }
  const range = parseRange(ban.target);
  return (address) => range !== undefined && isWithin(address, [range]);
}

/**
 * Returns the time that is left of a ban at `now`, and its reason, as text that follows "Banned",
 * such as ` for 1d12h: spam`.
 */
export function banTerms({ until, reason }: ServerBan, now: number): string {
  const length = until === undefined ? "" : ` for ${formatDuration(until - now)}`;
  return reason === "" ? length : `${length}: ${reason}`;
}

/** Returns true if `ban` has not expired at `now`. */
export function isInForce(ban: ServerBan, now: number): boolean {
  return ban.until === undefined || now < ban.until;
}

/** The bans. */
export class ServerBans {
  /** The bans of addresses and ranges, by the bits with which all addresses of the range begin. */
  readonly #ranges = new Map<string, ServerBan>();
  /**
   * The lengths of the keys of `#ranges`. An address is looked up by its first bits, once for each
   * length.
   */
  #lengths: ReadonlySet<number> = new Set();
  /** The bans of masks, by folded mask. */
  readonly #masks = new Map<string, ServerBan>();

  /** Returns all bans of a kind, expired ones included. */
  all(kind: BanKey["kind"]): readonly ServerBan[] {
    return [...kind === "address" ? this.#ranges.values() : this.#masks.values()];
  }

  /**
   * Returns the ban of a target, even if it has expired. It also finds masks that an earlier
   * version of the server stored in another form.
   */
  get(key: BanKey): ServerBan | undefined {
    if (key.kind === "address") return this.#ranges.get(bitsOf(key));
    const folded = casefold(key.target);
    return this.#masks.get(folded) ??
      this.#masks.values().find(({ target }) => casefold(fullMask(target)) === folded);
  }

  /** Returns the ban that applies to `address` at `now`, if any. */
  ofAddress(address: string, now: number): ServerBan | undefined {
    if (this.#ranges.size === 0) return undefined;
    const bits = addressBits(address) ?? "";
    for (const length of this.#lengths) {
      const ban = this.#ranges.get(bits.slice(0, length));
      if (ban && isInForce(ban, now)) return ban;
    }
    return undefined;
  }

  /** Returns the ban by mask that applies to a user at `now`, if any. */
  ofUser(subject: Subject, now: number): ServerBan | undefined {
    if (this.#masks.size === 0) return undefined;
    const user = new Candidate(subject);
    for (const ban of this.#masks.values()) {
      if (isInForce(ban, now) && matches(preparedMask(ban, ban.target), user)) return ban;
    }
    return undefined;
  }

  /** Adds a ban; it replaces a ban of the same target. */
  save(ban: ServerBan): void {
    if (ban.kind === "mask") {
      this.#masks.set(casefold(ban.target), ban);
      return;
    }
    const bits = bitsOf(ban);
    this.#ranges.set(bits, ban);
    this.#lengths = new Set([...this.#lengths, bits.length]);
  }

  /** Removes the ban of a target, if there is one. */
  remove(key: BanKey): void {
    if (key.kind === "mask") {
      this.#masks.delete(casefold(key.target));
      return;
    }
    this.#ranges.delete(bitsOf(key));
    this.#lengths = new Set([...this.#ranges.keys()].map((bits) => bits.length));
  }
}

function bitsOf({ target }: BanKey): string {
  const range = parseRange(target);
  if (!range) throw new Error("an event bans what is no address");
  return range.bits;
}
