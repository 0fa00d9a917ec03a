/**
 * Converts a channel to its record, which is stored, and back. The record does not include members.
 *
 * @module
 */

import type { Channel } from "./state.ts";
import type { ChannelRecord } from "../events/records.ts";
import type { ChannelState } from "../events/restoring.ts";

/** Returns the record of a channel. */
export function channelRecord(channel: Channel): ChannelRecord {
  const { name, createdAt, startId, topic, flags, settings, ranks, lists, metadata } = channel;
  const { admitted, formerNames, used } = channel;
  return {
    name,
    createdAt,
    ...(startId !== undefined && { startId }),
    ...(topic && { topic }),
    flags: [...flags].join(""),
    settings: Object.fromEntries(settings),
    ranks: Object.fromEntries(ranks),
    lists: Object.fromEntries([...lists].map(([letter, list]) => [letter, [...list.values()]])),
    metadata: Object.fromEntries(metadata),
    ...(!used && { unused: true }),
    ...(admitted.size > 0 && { admitted: Object.fromEntries(admitted) }),
    ...(formerNames.length > 0 && { formerNames }),
  };
}

/** Returns the channel that a record describes. */
export function channelOf(record: ChannelRecord): ChannelState {
  const { name, createdAt, startId, topic, flags, settings, ranks, lists, metadata } = record;
  const { admitted = {}, formerNames = [], unused = false } = record;
  return {
    name,
    createdAt,
    startId,
    renamedAt: 0,
    formerNames,
    used: !unused,
    knockedAt: 0,
    topic,
    metadata: Object.entries(metadata),
    flags,
    settings: Object.entries(settings),
    lists: Object.entries(lists),
    ranks: Object.entries(ranks),
    admitted: Object.entries(admitted),
    members: [],
    speakers: [],
  };
}
