/**
 * Ends the channels that lost all their members because the server ended.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { ChannelNames } from "./kept_records.ts";
import { historyKeysOfChannel } from "../kinds/history_keys.ts";
import { channelRecord } from "../state/channel_record.ts";
import { isOwned } from "../state/modes.ts";
import { type MutableChannel, restoredChannel } from "../state/mutable_state.ts";
import { isOpen, isRestricted } from "../state/permissions.ts";
import type { Channel } from "../state/state.ts";
import { type Store, TALK } from "../store/store.ts";

/** The largest number of channels without an owner that remain. */
export const UNOWNED_LIMIT = 10_000;

/**
 * Ends stored channels as if their members had left, because no member comes back as the same user.
 * The channels of users who stay while offline remain, as do used channels that an account owns or
 * that all users can join. The next user to join an ended channel creates it anew.
 */
export function endAbandoned(store: Store): void {
  let unowned = 0;
  const staying = new Set<string>();
  const names = new ChannelNames(store);
  for (const [, presence] of store.records("presence")) {
    for (const [name] of names.in(presence).channels) staying.add(casefold(name));
  }
  for (const [key, record] of [...store.records("channel")]) {
    if (staying.has(key)) continue;
    const channel = restoredChannel(record);
    channel.used ||= hasTalk(channel, store);
    const mayRemain = isOwned(channel) || (isOpen(channel) && unowned++ < UNOWNED_LIMIT);
    if (!channel.used || !mayRemain) endStored(channel, store);
    else if (record.unused) store.keep("channel", key, channelRecord(channel));
  }
  store.commit();
}

/**
 * Removes the record of a channel that has ended. Users who create a restricted channel again must
 * not read its earlier history, so the history is set aside.
 */
export function endStored(channel: Channel, store: Store): void {
  store.keep("channel", casefold(channel.name), undefined);
  if (!isRestricted(channel)) return;
  for (const key of historyKeysOfChannel(channel.name)) store.move(key, undefined);
}

/**
 * Returns true if the channel has messages. The record of a channel does not say so until it is
 * saved again.
 */
function hasTalk({ name, startId }: MutableChannel, store: Store): boolean {
  return historyKeysOfChannel(name)
    .some((key) => store.last(key, { after: startId }, 1, TALK).length > 0);
}
