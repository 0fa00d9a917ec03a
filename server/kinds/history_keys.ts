/**
 * Makes the keys under which the store keeps histories: a channel has one for all members and one
 * for each rank, and each pair of users has one.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Event } from "../events/events.ts";
import type { Actor, Target } from "../events/actor.ts";
import { MEMBER_MODES } from "../state/modes.ts";
import type { Network } from "../state/network.ts";
import { identityOf, isAccount } from "../state/person.ts";
import { type HistoryKey, historyKeyOfTwo } from "../store/store.ts";

/**
 * Returns the key of a channel's main history or, with the prefix of a rank such as `@`, of the
 * history of messages to that rank.
 */
export function historyKeyOfChannel(name: string, rank = ""): HistoryKey {
  return rank + casefold(name);
}

/**
 * The prefixes of the keys of a channel's histories: an empty one for its main history, and the
 * prefix of each rank for the messages to that rank.
 */
const HISTORIES: readonly string[] = ["", ...MEMBER_MODES.map(({ prefix }) => prefix)];

/**
 * Returns the keys of all histories of a channel: first its main history, then the histories of its
 * ranks.
 */
export function historyKeysOfChannel(name: string): readonly HistoryKey[] {
  return HISTORIES.map((rank) => historyKeyOfChannel(name, rank));
}

/** Returns the key of the main history of the channel in which `event` happened. */
export function inChannel(event: Event & { readonly channel: string }): readonly HistoryKey[] {
  return [historyKeyOfChannel(event.channel)];
}

/** Returns the keys of the histories of all channels that the author of `event` is in. */
export function inOwnChannels(event: Event, network: Network): readonly HistoryKey[] {
  const channels = network.users.get(event.by.id)?.channels ?? [];
  return Array.from(channels, ({ name }) => historyKeyOfChannel(name));
}

/**
 * Returns the key of the history of messages from `by` to `to`: a channel's, a rank's, or that of
 * two users.
 */
export function historyKeyOf(by: Actor, to: Target, network: Network): HistoryKey {
  if (to.type === "channel") return historyKeyOfChannel(to.channel, to.rank);
  if (to.type === "account") return historyKeyOfTwo(identityOf(by), casefold(to.account));
  const other = network.users.get(to.user)?.actor;
  return historyKeyOfTwo(identityOf(by), other ? identityOf(other) : casefold(to.nick));
}

/**
 * Returns the nick by which to show the identity of a user (see `identityOf`): the name of the
 * account, or the nick of the user who has no account. Returns `undefined` if the account no longer
 * exists, or the user has left.
 */
export function nickOf(identity: string, network: Network): string | undefined {
  if (isAccount(identity)) return network.account(identity)?.name;
  return network.users.get(Number(identity.slice(1)))?.actor.nick;
}
