/**
 * The channels, by name. A channel without members goes on existing only if an account owns it and
 * it has been used. Part of the network's state.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { FormerName } from "../events/records.ts";
import { ACCOUNT_MASK } from "./masks.ts";
import { isOwned } from "./modes.ts";
import { OwnedCounts } from "./ranks.ts";
import type { MutableChannel, MutableUser } from "./mutable_state.ts";
import type { Channel } from "./state.ts";
import { TimedBans } from "./timed_bans.ts";

/** The letters of the lists of exceptions: from bans, and from the need for an invitation. */
const EXCEPTIONS = ["e", "I"] as const;

/**
 * Returns those of `channels` in which `account` keeps a rank, is named in a list of exceptions, or
 * may come back without an invitation.
 */
export function withRankOrException<Each extends Channel>(
  channels: Iterable<Each>,
  account: string,
): Each[] {
  const key = casefold(account);
  const mask = `${ACCOUNT_MASK}:${key}`;
  const found: Each[] = [];
  for (const channel of channels) {
    const { admitted, lists, ranks } = channel;
    const isExcepted = lists.size > 0 && EXCEPTIONS.some((letter) => lists.get(letter)?.has(mask));
    if (isExcepted || ranks.has(key) || admitted.has(key)) found.push(channel);
  }
  return found;
}

/**
 * Returns true if a channel goes on existing without members: an account owns it, and a message was
 * sent or something was set in it.
 */
export function lasts(channel: Channel): boolean {
  return channel.used && isOwned(channel);
}

/** The largest number of former names that a channel keeps. */
const FORMER_NAMES = 8;
/** The time for which a former name leads to its channel, in milliseconds. */
export const FORMER_NAME_MS = 7 * 24 * 60 * 60 * 1000;

/** The channels. */
export class Channels {
  readonly #byName = new Map<string, MutableChannel>();
  readonly #owned = new OwnedCounts();
  /** The channels by folded former name. A former name leads to only one channel. */
  readonly #byFormerName = new Map<string, MutableChannel>();
  /** The bans that end at a certain time. */
  readonly timedBans: TimedBans = new TimedBans();

  /** All channels, by folded name. */
  get byName(): ReadonlyMap<string, MutableChannel> {
    return this.#byName;
  }

  /** Returns the channel called `name`. */
  get(name: string): MutableChannel | undefined {
    return this.#byName.get(casefold(name));
  }

  /**
   * Returns the channel that was called `name` within the week before `now`, unless a channel has
   * that name now.
   */
  renamed(name: string, now: number): MutableChannel | undefined {
    const key = casefold(name);
    const channel = this.#byName.has(key) ? undefined : this.#byFormerName.get(key);
    const former = channel?.formerNames.find((each) => casefold(each.name) === key);
    return former && now - former.until < FORMER_NAME_MS ? channel : undefined;
  }

  /** Returns true if the account may create, and so own, one more channel; see `OWNED_LIMITS`. */
  canFound(account: string): boolean {
    return this.#owned.hasRoom(casefold(account));
  }

  /** Adds a channel, and returns it. */
  add(channel: MutableChannel): MutableChannel {
    this.#byName.set(casefold(channel.name), channel);
    channel.ranks.countIn(this.#owned);
    this.timedBans.follow(channel);
    for (const former of channel.formerNames) this.#claim(former, channel);
    return channel;
  }

  /** Makes a former name lead to `channel`, unless another channel had that name later. */
  #claim({ name, until }: FormerName, channel: MutableChannel): void {
    const key = casefold(name);
    const isThis = (each: FormerName) => casefold(each.name) === key;
    const other = this.#byFormerName.get(key);
    if (other && other !== channel) {
      const isLater = (other.formerNames.find(isThis)?.until ?? 0) > until;
      const loser = isLater ? channel : other;
      loser.formerNames = loser.formerNames.filter((each) => !isThis(each));
      if (isLater) return;
    }
    this.#byFormerName.set(key, channel);
  }

  /** Renames a channel, at `time`. */
  rename(channel: MutableChannel, name: string, time: number): void {
    const { name: before } = channel;
    this.#end(channel);
    const former = [...channel.formerNames, { name: before, until: time }];
    channel.formerNames = former.filter((each, i) =>
      casefold(each.name) !== casefold(name) &&
      (i === former.length - 1 || casefold(each.name) !== casefold(before))
    ).slice(-FORMER_NAMES);
    channel.name = name;
    channel.renamedAt = time;
    this.add(channel);
  }

  /**
   * Removes `user` from `channel`. If `user` was its last member, the channel ends, except if
   * {@linkcode lasts} returns true for it.
   */
  leave(user: MutableUser, channel: MutableChannel): void {
    channel.members.delete(user);
    channel.arrivals.delete(user);
    user.channels.delete(channel);
    this.#endIfLeft(channel);
  }

  /**
   * Removes the ranks, exceptions and admissions of an account. A channel without members ends if
   * only this account owned it.
   */
  forgetAccount(account: string): void {
    const key = casefold(account);
    for (const channel of withRankOrException(this.#byName.values(), account)) {
      channel.ranks.delete(key);
      channel.admitted.delete(key);
      for (const letter of EXCEPTIONS) channel.lists.get(letter)?.delete(`${ACCOUNT_MASK}:${key}`);
      this.#endIfLeft(channel);
    }
  }

  #endIfLeft(channel: MutableChannel): void {
    if (channel.members.size > 0 || lasts(channel)) return;
    this.#end(channel);
    for (const invited of channel.invited.keys()) invited.invitations.delete(channel);
  }

  /** Frees the name and the former names of `channel`. */
  #end(channel: MutableChannel): void {
    this.#byName.delete(casefold(channel.name));
    channel.ranks.countIn(undefined);
    this.timedBans.forget(channel);
    for (const { name } of channel.formerNames) {
      const key = casefold(name);
      if (this.#byFormerName.get(key) === channel) this.#byFormerName.delete(key);
    }
  }
}
