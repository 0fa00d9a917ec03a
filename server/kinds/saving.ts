/**
 * Saves parts of the state as records: channels, users who stay while offline, waiting messages and
 * read markers.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Network } from "../state/network.ts";
import { channelRecord } from "../state/channel_record.ts";
import type { BanKey, ReadMarker } from "../events/records.ts";
import { isAccount } from "../state/person.ts";
import type { Channel, User } from "../state/state.ts";
import type { Store } from "../store/store.ts";

/** Saves a channel; does nothing if it is `undefined`. */
export function saveChannel(channel: Channel | undefined, store: Store): void {
  if (channel) store.keep("channel", casefold(channel.name), channelRecord(channel));
}

/** Saves the channel that `event` names. */
export function saveItsChannel(
  event: { readonly channel: string },
  network: Network,
  store: Store,
): void {
  saveChannel(network.channel(event.channel), store);
}

/**
 * Saves a user who stays while offline, with their channels and away message. Saves nothing for a
 * connected user: when the server starts again, the user's clients reconnect by themselves.
 */
export function savePresence(user: User | undefined, store: Store): void {
  const account = user?.actor.account;
  if (!user || account === undefined || !user.isOffline) return;
  const { actor: { nick }, username, host, address, realname, away } = user;
  const channels = Array.from(user.channels, ({ name, members, startId }) => {
    const memberModes = members.get(user) ?? "";
    return startId === undefined
      ? [name, memberModes] as const
      : [name, memberModes, startId] as const;
  });
  const presence = { nick, username, host, address, realname, channels };
  store.keep("presence", casefold(account), away === undefined ? presence : { ...presence, away });
}

/** Saves the messages that wait for the owner of `account`. */
export function saveWaiting(account: string, { waiting }: Network, store: Store): void {
  const messages = waiting.of(account);
  store.keep("waiting", casefold(account), messages.length === 0 ? undefined : [...messages]);
}

/**
 * Saves a read marker at `upTo`, or removes it if `upTo` is `undefined`. The markers of a user
 * without an account are not saved, because the user cannot be recognized when they connect again.
 */
export function saveMarker(
  { reader, target }: Omit<ReadMarker, "upTo">,
  upTo: number | undefined,
  store: Store,
): void {
  if (!isAccount(reader)) return;
  const marker = upTo === undefined ? undefined : { reader, target, upTo };
  store.keep("marker", `${reader} ${casefold(target)}`, marker);
}

/** Returns the key of a ban's record. */
export function banRecordKey({ kind, target }: BanKey): string {
  return `${kind} ${casefold(target)}`;
}
