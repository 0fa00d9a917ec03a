/**
 * Lists all stored events as of one moment, in the order of their ids. These are the events in the
 * database, and the events that are only in the journal.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { KeyedEvents } from "./blocks.ts";
import { eventsIn, type JournalContents } from "./journal.ts";
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
 * Yields the blocks of all histories, or of the history with the key `room`, in the order of their
 * first events. The caller must read the journal before it opens the database; then each event is
 * in the journal, in the database, or in both.
 */
export function* storedBlocks(
  reader: StoreReader,
  journal: Pick<JournalContents, "entries">,
  room?: HistoryKey,
): Iterable<KeyedEvents> {
  const end = reader.end();
  const replaced = replacements(journal, reader.journaled);
  const renewed = (block: KeyedEvents): KeyedEvents => {
    if (replaced.size === 0) return block;
    const events = block.events.flatMap((event) => {
      return replaced.has(event.id) ? replaced.get(event.id) ?? [] : event;
    });
    return { ...block, events };
  };
  const stored = !end
    ? []
    : room === undefined
    ? reader.blocks(0, end.block)
    : reader.blocksOf(room, end.block);
  for (const block of stored) yield renewed(block);
  for (const { key, first, events } of eventsIn(journal)) {
    if (room !== undefined && key !== room) continue;
    const later = events.filter(({ id }) => end === undefined || id > end.id);
    yield renewed({ key, first, events: later });
  }
}

/**
 * Returns the replacements in the journal that the database lacks, by the id of the replaced event;
 * `undefined` for an event that was removed.
 */
function replacements(
  { entries }: Pick<JournalContents, "entries">,
  journaled: number,
): ReadonlyMap<EventId, Event | undefined> {
  const replaced = new Map<EventId, Event | undefined>();
  for (const { number = 0, content } of entries) {
    if (number <= journaled || "events" in content || content.type !== "replace") continue;
    replaced.set(content.id, content.event);
  }
  return replaced;
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
