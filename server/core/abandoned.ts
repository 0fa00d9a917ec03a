/**
 * Ends stored channels that have no members any more after a restart of the server.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { ChannelNames } from "./kept_records.ts";
import { historyKeysOfChannel } from "../kinds/history_keys.ts";
import { channelOf, channelRecord } from "../state/channel_record.ts";
import { isOwned } from "../state/modes.ts";
import { type MutableChannel, restoredChannel } from "../state/mutable_state.ts";
import { isOpen, isRestricted } from "../state/visibility.ts";
import type { Channel } from "../state/state.ts";
import { type Store, TALK } from "../store/store.ts";

/** The largest number of stored channels without an owner that still exist after a restart. */
export const UNOWNED_LIMIT = 10_000;

/**
 * Ends stored channels as if their members had left when the server stopped: the members must join
 * again, as new users. A channel goes on existing if a user who stays while offline is in it. A
 * channel that has been used also goes on if an account owns it, or if all users can join it. The
 * next user to join a channel that has ended creates it anew.
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
    const channel = restoredChannel(channelOf(record));
    channel.used ||= hasTalk(channel, store);
    const mayRemain = isOwned(channel) || (isOpen(channel) && unowned++ < UNOWNED_LIMIT);
    if (!channel.used || !mayRemain) endStored(channel, store);
    else if (record.unused) store.keep("channel", key, channelRecord(channel));
  }
  store.commit();
}

/**
 * Removes the record of a channel that has ended. If the channel was restricted, also sets its
 * history aside: the users who create a channel of this name next must not read it.
 */
export function endStored(channel: Channel, store: Store): void {
  store.keep("channel", casefold(channel.name), undefined);
  if (!isRestricted(channel)) return;
  for (const key of historyKeysOfChannel(channel.name)) store.move(key, undefined);
}

/**
 * Returns true if the stored history of the channel has messages. A message alone does not make the
 * server save the channel's record, so the record can still say that the channel is unused.
 */
function hasTalk({ name, startId }: MutableChannel, store: Store): boolean {
  return historyKeysOfChannel(name).some((key) => {
    const pages = store.pages(key, { after: startId }, "last", TALK);
    return Iterator.from(pages).some((page) => page.length > 0);
  });
}
