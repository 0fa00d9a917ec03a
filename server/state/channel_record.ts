/**
 * A channel as plain data: what of it outlasts those who are there.
 *
 * @module
 */

import type { Channel, ListEntry, Topic } from "./state.ts";

/** A channel as it is kept: all of it but who is there. */
export interface ChannelRecord {
  /** Its name. */
  readonly name: string;
  /** As in {@linkcode Channel}. */
  readonly createdAt: number;
  /** Absent, it has none. */
  readonly topic?: Topic;
  /** The letters of its flags. */
  readonly flags: string;
  /** Its modes with one parameter. */
  readonly settings: Readonly<Record<string, string>>;
  /** The member modes that accounts have in it, by folded account. */
  readonly ranks: Readonly<Record<string, string>>;
  /** Its lists, by their letters. */
  readonly lists: Readonly<Record<string, readonly ListEntry[]>>;
  /** What it tells of itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A channel as plain data. */
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
