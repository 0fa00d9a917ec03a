/**
 * Reads the journals of earlier versions, whose lines have no checksums. Nothing writes such lines
 * now.
 *
 * Each line is a JSON array with three items: the key of a history; the number of events of the
 * same block that are in earlier lines; and a list of further events, as in a block (`blocks.ts`).
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { type KeyedEvents, readOnto } from "./blocks.ts";
import { isList } from "./shapes.ts";
import type { HistoryKey } from "./store.ts";

/** The first byte of each line. Records of this version begin with a digit. */
const OPENING = 0x5b;
const LINE_FEED = 0x0a;

/** The lines of an earlier version at the beginning of a journal. */
export interface FormerLines {
  /** The blocks of events, in the order of their first events. */
  readonly blocks: readonly KeyedEvents[];
  /** The position after the last line that could be read. */
  readonly end: number;
}

/**
 * Reads the lines of an earlier version at the beginning of a journal, up to the first damaged
 * line.
 */
export function readFormerLines(bytes: Uint8Array): FormerLines {
  const decoder = new TextDecoder();
  const blocks: { readonly key: HistoryKey; readonly events: Event[] }[] = [];
  const latest = new Map<HistoryKey, Event[]>();
  let end = 0;
  while (bytes[end] === OPENING) {
    const lineFeed = bytes.indexOf(LINE_FEED, end);
    if (lineFeed < 0) break;
    const line = readLine(decoder.decode(bytes.subarray(end, lineFeed)));
    if (!line) break;
    const { key, before, next } = line;
    const events = before === 0 ? [] : latest.get(key);
    if (events?.length !== before || !hasRead(events, next)) break;
    if (before === 0) {
      latest.set(key, events);
      blocks.push({ key, events });
    }
    end = lineFeed + 1;
  }
  return { blocks: blocks.flatMap(withFirst), end };
}

function withFirst({ key, events }: Omit<KeyedEvents, "first">): KeyedEvents[] {
  const [first] = events;
  return first ? [{ key, first: first.id, events }] : [];
}

/**
 * Appends the events of a line to `events`. If they are damaged, appends none and returns false.
 */
function hasRead(events: Event[], next: unknown): boolean {
  const before = events.length;
  try {
    readOnto(events, next);
    return true;
  } catch {
    events.length = before;
    return false;
  }
}

function readLine(line: string) {
  try {
    const parsed: unknown = JSON.parse(line);
    if (!isList(parsed)) return undefined;
    const [key, before, next] = parsed;
    return typeof key === "string" && typeof before === "number"
      ? { key, before, next }
      : undefined;
  } catch {
    return undefined;
  }
}
