/**
 * Which channels there are, by their names, and when one ends. Part of the network's state, and
 * changed by it alone.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { ACCOUNT_MASK } from "./masks.ts";
import { isOwned } from "./modes.ts";
import type { MutableChannel, MutableUser } from "./mutable_state.ts";
import type { Channel } from "./state.ts";

/** The lists of who is let in all the same. */
const EXCEPTIONS = ["e", "I"] as const;

/** Whether an account has a rank in the channel, or is let in by its name. */
export function favours({ ranks, lists }: Channel, account: string): boolean {
  const key = casefold(account);
  return ranks.has(key) ||
    EXCEPTIONS.some((letter) => lists.get(letter)?.has(`${ACCOUNT_MASK}:${key}`));
}

/** Which channels there are; see the module. */
export class Channels {
  readonly #byName = new Map<string, MutableChannel>();

  /** All of them, by folded name. */
  get byName(): ReadonlyMap<string, MutableChannel> {
    return this.#byName;
  }

  /** The channel called `name`. */
  get(name: string): MutableChannel | undefined {
    return this.#byName.get(casefold(name));
  }

  /** There is this channel from now on. */
  add(channel: MutableChannel): void {
    this.#byName.set(casefold(channel.name), channel);
  }

  /** A channel goes by another name from that time on. */
  rename(channel: MutableChannel, name: string, time: number): void {
    this.#byName.delete(casefold(channel.name));
    channel.name = name;
    channel.renamedAt = time;
    this.add(channel);
  }

  /** `user` is in `channel` no more, which ends with its last member if it is nobody's. */
  leave(user: MutableUser, channel: MutableChannel): void {
    channel.members.delete(user);
    channel.arrivals.delete(user);
    user.channels.delete(channel);
    this.#endIfLeft(channel);
  }

  /** An account is no more: nothing favours it anywhere, and a channel that was only its own is nobody's. */
  forgetAccount(account: string): void {
    const key = casefold(account);
    for (const channel of this.#byName.values()) {
      if (!favours(channel, account)) continue;
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
