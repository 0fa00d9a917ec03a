/**
 * Who may not come to this server: by address or range, before a connection has said anything, and
 * by mask, when it says who it is. Only {@linkcode Network} changes it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { formatDuration } from "../config/durations.ts";
import { addressBits, isWithin, parseRange } from "../net/ip.ts";
import { matchesMask } from "./masks.ts";

/** Which kind of ban, and what it matches. */
export interface BanKey {
  /** What `target` is: an address or a range of them, or a mask of `nick!user@host`. */
  readonly kind: "address" | "mask";
  /** As `parseRange` or `fullMask` write it. */
  readonly target: string;
}

/** A ban from the server, as plain data that can be kept. */
export interface ServerBan extends BanKey {
  /** Who set it: their nick. */
  readonly by: string;
  /** When; milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** When it ends, as `time`; absent, never. */
  readonly until?: number;
  /** Why, for people; may be empty. */
  readonly reason: string;
}

/**
 * How many bans of each kind there may be, so that STATS can list them all without more bytes than may
 * wait for a client. Masks are compared one by one with whoever registers.
 */
export const SERVER_BAN_LIMITS: Readonly<Record<BanKey["kind"], number>> = {
  address: 2000,
  mask: 1000,
};

/** Whether `ban` matches somebody at `address` whose `nick!user@host` is `mask`, if they have one. */
export function isBannedBy(ban: BanKey, address: string, mask: string | undefined): boolean {
  if (ban.kind === "mask") return mask !== undefined && matchesMask(ban.target, mask);
  const range = parseRange(ban.target);
  return range !== undefined && isWithin(address, [range]);
}

/** For how long and why, as it is put behind "Banned": ` for 1d12h: spam`. */
export function banTerms({ until, reason }: ServerBan, now: number): string {
  const length = until === undefined ? "" : ` for ${formatDuration(until - now)}`;
  return reason === "" ? length : `${length}: ${reason}`;
}

/** Whether `ban` still holds at `now`. */
export function holds(ban: ServerBan, now: number): boolean {
  return ban.until === undefined || now < ban.until;
}

/** The bans from the server; see the module. */
export class ServerBans {
  /** Each ban of addresses, by what all its addresses begin with. */
  readonly #ranges = new Map<string, ServerBan>();
  /** The lengths of the keys of `#ranges`: only these beginnings of an address need looking for. */
  #lengths: ReadonlySet<number> = new Set();
  /** Each mask, folded. */
  readonly #masks = new Map<string, ServerBan>();

  /** All bans of a kind, in the order of their coming, those that have ended included. */
  all(kind: BanKey["kind"]): readonly ServerBan[] {
    return [...kind === "address" ? this.#ranges.values() : this.#masks.values()];
  }

  /** The ban of that target, if there is one, even if it has ended. */
  get(key: BanKey): ServerBan | undefined {
    return key.kind === "mask"
      ? this.#masks.get(casefold(key.target))
      : this.#ranges.get(bitsOf(key));
  }

  /** The ban that keeps out who comes from `address`, if there is one at `now`. */
  ofAddress(address: string, now: number): ServerBan | undefined {
    if (this.#ranges.size === 0) return undefined;
    const bits = addressBits(address) ?? "";
    for (const length of this.#lengths) {
      const ban = this.#ranges.get(bits.slice(0, length));
      if (ban && holds(ban, now)) return ban;
    }
    return undefined;
  }

  /** The ban that keeps out who is `nick!user@host`, if there is one at `now`. */
  ofMask(mask: string, now: number): ServerBan | undefined {
    for (const ban of this.#masks.values()) {
      if (holds(ban, now) && matchesMask(ban.target, mask)) return ban;
    }
    return undefined;
  }

  /** Adds a ban; one of the same target is replaced. */
  save(ban: ServerBan): void {
    if (ban.kind === "mask") {
      this.#masks.set(casefold(ban.target), ban);
      return;
    }
    const bits = bitsOf(ban);
    this.#ranges.set(bits, ban);
    this.#lengths = new Set([...this.#lengths, bits.length]);
  }

  /** Takes a ban away, if there is one of that target. */
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
