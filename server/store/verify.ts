/**
 * Checks a database from end to end: that it is one to SQLite, that every block can be read and is in
 * its order, and that the index has the words of every message and of no others.
 *
 * @module
 */

import { type EventId, numberOf } from "../ids.ts";
import type { StoreReader } from "./reader.ts";

/** What became of it. */
export interface Verdict {
  /** What was looked at. */
  readonly checked: string;
  /** The first thing that is wrong; `undefined` if nothing is. */
  readonly wrong: string | undefined;
}

/** Checks all of it, as it is at one moment. */
export function verify(reader: StoreReader): Verdict {
  return reader.atOnce(() => {
    const counts = { blocks: 0, events: 0, indexed: 0 };
    const wrong = firstWrong(reader, counts);
    const checked =
      `${counts.blocks} blocks, ${counts.events} events, ${counts.indexed} messages ` +
      "in the index";
    return { checked, wrong };
  });
}

function firstWrong(
  reader: StoreReader,
  counts: { blocks: number; events: number; indexed: number },
): string | undefined {
  try {
    const structure = reader.integrity();
    if (structure !== "ok") return structure;
    const last = new Map<number, EventId>();
    const { upTo, messages } = reader.index();
    for (const { number, placeNumber, events } of reader.blocks()) {
      counts.blocks++;
      for (const event of events) {
        counts.events++;
        if (event.id <= (last.get(placeNumber) ?? "")) return `block ${number} is out of order`;
        last.set(placeNumber, event.id);
        const isIndexed = number <= upTo && event.type === "Said" && event.text !== "";
        if (!isIndexed) continue;
        counts.indexed++;
        if (!reader.hasWords(numberOf(event.id))) return `the index lacks words of block ${number}`;
      }
    }
    return messages === counts.indexed ? undefined : "the index has words of missing messages";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
