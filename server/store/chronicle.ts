/**
 * Lists all stored events, as of one moment and in the order of time: those of the database, and those
 * that are only in the journal so far.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { KeyedEvents } from "./blocks.ts";
import type { StoreReader } from "./reader.ts";
import type { HistoryKey } from "./store.ts";

/** An event, and the history that it belongs to. */
export interface KeyedEvent {
  /** The key of the history. */
  readonly key: HistoryKey;
  /** The event. */
  readonly event: Event;
}

/**
 * Yields the blocks of all histories, or of one, in the order of their first events. The journal must
 * be read before the database: then each event is in the journal, in the database, or in both.
 */
export function* storedBlocks(
  reader: StoreReader,
  journal: readonly KeyedEvents[],
  room?: HistoryKey,
): Iterable<KeyedEvents> {
  const end = reader.end();
  if (end && room === undefined) yield* reader.blocks(0, end.block);
  if (end && room !== undefined) yield* reader.blocksOf(room, end.block);
  for (const { key, first, events } of journal) {
    if (room !== undefined && key !== room) continue;
    yield { key, first, events: events.filter(({ id }) => end === undefined || id > end.id) };
  }
}

/**
 * Yields the events of blocks, some at a time, in the order of their ids. The blocks must be in the
 * order of their first events.
 */
export function* mergeBlocks(all: Iterable<KeyedEvents>): Iterable<readonly KeyedEvent[]> {
  let waiting: KeyedEvent[] = [];
  for (const { key, first, events } of all) {
    const comesFirst = ({ event }: KeyedEvent) => event.id < first;
    yield waiting.filter(comesFirst);
    const others = waiting.filter((each) => !comesFirst(each));
    waiting = [...others, ...events.map((event) => ({ key, event }))].sort(byId);
  }
  yield waiting;
}

function byId({ event: { id: one } }: KeyedEvent, { event: { id: other } }: KeyedEvent): number {
  return one < other ? -1 : Number(one > other);
}
