/**
 * A channel as plain data: the part that outlasts its members.
 *
 * @module
 */

import type { Channel, ListEntry, Topic } from "./state.ts";

/** A channel as the store keeps it: without its members. */
export interface ChannelRecord {
  /** Its name. */
  readonly name: string;
  /** As in {@linkcode Channel}. */
  readonly createdAt: number;
  /** Its topic, if it has one. */
  readonly topic?: Topic;
  /** The letters of its modes without a parameter. */
  readonly flags: string;
  /** Its modes with one parameter, by letter. */
  readonly settings: Readonly<Record<string, string>>;
  /** The member modes of accounts, by folded account. */
  readonly ranks: Readonly<Record<string, string>>;
  /** Its lists, by letter. */
  readonly lists: Readonly<Record<string, readonly ListEntry[]>>;
  /** Its metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Returns a channel as plain data. */
export function channelRecord(channel: Channel): ChannelRecord {
  const { name, createdAt, topic, flags, settings, ranks, lists, metadata } = channel;
  return {
    name,
    createdAt,
    ...(topic && { topic }),
    flags: [...flags].join(""),
    settings: Object.fromEntries(settings),
    ranks: Object.fromEntries(ranks),
    lists: Object.fromEntries([...lists].map(([letter, list]) => [letter, [...list.values()]])),
    metadata: Object.fromEntries(metadata),
  };
}
