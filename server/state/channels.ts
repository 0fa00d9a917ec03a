/**
 * The channels, by name. A channel ends when it has neither members nor an owner. Part of the network's
 * state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { ACCOUNT_MASK } from "./masks.ts";
import { isOwned } from "./modes.ts";
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

  /** Removes `user` from `channel`, which ends with its last member unless an account owns it. */
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
    if (channel.members.size > 0 || isOwned(channel)) return;
    this.#byName.delete(casefold(channel.name));
    for (const invited of channel.invited) invited.invitations.delete(channel);
  }
}
