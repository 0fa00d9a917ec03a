/**
 * All that is kept of what happened, as it was at one moment and in the order of time: what the
 * database has, and what only the journal has yet.
 *
 * @module
 */

import type { Event } from "../events.ts";
import type { Happened } from "./journal.ts";
import type { StoreReader } from "./reader.ts";
import type { Place } from "./store.ts";

/** An event, and where it happened. */
export interface Placed {
  /** Where. */
  readonly place: Place;
  /** What. */
  readonly event: Event;
}

/**
 * What happened everywhere, or in one place, in the order of first events. The journal was read
 * before, so that each event is in it or in the database, or in both.
 */
export function* allOf(
  reader: StoreReader,
  journal: readonly Happened[],
  room?: Place,
): Iterable<Happened> {
  const end = reader.end();
  if (end && room === undefined) yield* reader.blocks(0, end.block);
  if (end && room !== undefined) yield* reader.blocksOf(room, end.block);
  for (const { place, first, events } of journal) {
    if (room !== undefined && place !== room) continue;
    yield { place, first, events: events.filter(({ id }) => end === undefined || id > end.id) };
  }
}

/** The events of what comes in the order of first events, in the order of all events; some at a time. */
export function* inOrder(all: Iterable<Happened>): Iterable<readonly Placed[]> {
  let waiting: Placed[] = [];
  for (const { place, first, events } of all) {
    const comesFirst = ({ event }: Placed) => event.id < first;
    yield waiting.filter(comesFirst);
    const others = waiting.filter((each) => !comesFirst(each));
    waiting = [...others, ...events.map((event) => ({ place, event }))].sort(byId);
  }
  yield waiting;
}

function byId({ event: { id: one } }: Placed, { event: { id: other } }: Placed): number {
  return one < other ? -1 : Number(one > other);
}
