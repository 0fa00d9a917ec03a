/**
 * The channels, by name. A channel ends when it has neither members nor an owner. Part of the network's
 * state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { ACCOUNT_MASK } from "./masks.ts";
import { isOwned, isOwner } from "./modes.ts";
import type { MutableChannel, MutableUser } from "./mutable_state.ts";
import type { Channel } from "./state.ts";

/** The lists of exceptions. */
const EXCEPTIONS = ["e", "I"] as const;

/** Returns true if an account has a rank or an exception in the channel. */
export function hasRankOrException({ ranks, lists }: Channel, account: string): boolean {
  const key = casefold(account);
  return ranks.has(key) ||
    EXCEPTIONS.some((letter) => lists.get(letter)?.has(`${ACCOUNT_MASK}:${key}`));
}

/**
 * Returns true if a channel outlasts its last member: an account owns it, and something was said or set
 * in it.
 */
export function lasts(channel: Channel): boolean {
  return channel.used && isOwned(channel);
}

/** The largest number of channels that one account can found, and of all that accounts own. */
const OWNED_LIMITS = { perAccount: 100, all: 50_000 } as const;

/** The channels. */
export class Channels {
  readonly #byName = new Map<string, MutableChannel>();

  /** All channels, by folded name. */
  get byName(): ReadonlyMap<string, MutableChannel> {
    return this.#byName;
  }

  /** Returns the channel called `name`. */
  get(name: string): MutableChannel | undefined {
    return this.#byName.get(casefold(name));
  }

  /** Returns true if the account may found another channel. */
  canFound(account: string): boolean {
    const key = casefold(account);
    let all = 0;
    let own = 0;
    for (const channel of this.#byName.values()) {
      if (!isOwned(channel)) continue;
      all++;
      if (isOwner(channel.ranks.get(key) ?? "")) own++;
    }
    return own < OWNED_LIMITS.perAccount && all < OWNED_LIMITS.all;
  }

  /** Adds a channel. */
  add(channel: MutableChannel): void {
    this.#byName.set(casefold(channel.name), channel);
  }

  /** Renames a channel, at `time`. */
  rename(channel: MutableChannel, name: string, time: number): void {
    this.#byName.delete(casefold(channel.name));
    channel.name = name;
    channel.renamedAt = time;
    this.add(channel);
  }

  /** Removes `user` from `channel`, which ends with its last member unless it {@linkcode lasts}. */
  leave(user: MutableUser, channel: MutableChannel): void {
    channel.members.delete(user);
    channel.arrivals.delete(user);
    user.channels.delete(channel);
    this.#endIfLeft(channel);
  }

  /** Removes the ranks and exceptions of an account; an empty channel that only it owned ends. */
  forgetAccount(account: string): void {
    const key = casefold(account);
    for (const channel of this.#byName.values()) {
      if (!hasRankOrException(channel, account)) continue;
      channel.ranks.delete(key);
      for (const letter of EXCEPTIONS) channel.lists.get(letter)?.delete(`${ACCOUNT_MASK}:${key}`);
      this.#endIfLeft(channel);
    }
  }

  #endIfLeft(channel: MutableChannel): void {
    if (channel.members.size > 0 || lasts(channel)) return;
    this.#byName.delete(casefold(channel.name));
    for (const invited of channel.invited) invited.invitations.delete(channel);
  }
}
