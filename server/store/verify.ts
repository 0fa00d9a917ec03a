/**
 * Verifies a whole database. The database must pass SQLite's own check, and every block must be
 * readable and in order. The index must have the words of all messages up to its end, and no other
 * words.
 *
 * @module
 */

import { type EventId, numberOf } from "../events/ids.ts";
import type { StoreReader } from "./reader.ts";
import { VERIFY_TEXTS } from "../texts/store.ts";

/** The result of a verification. */
export interface Verdict {
  /** The numbers of checked items, as human-readable text. */
  readonly checked: string;
  /** The first error; `undefined` if there is none. */
  readonly error: string | undefined;
}

/** Verifies the whole database, as of one moment. */
export function verify(reader: StoreReader): Verdict {
  return reader.atOnce(() => {
    const counts = { blocks: 0, events: 0, indexed: 0 };
    const error = findError(reader, counts);
    const checked = VERIFY_TEXTS.checked(counts.blocks, counts.events, counts.indexed);
    return { checked, error };
  });
}

function findError(
  reader: StoreReader,
  counts: { blocks: number; events: number; indexed: number },
): string | undefined {
  try {
    const structure = reader.integrity();
    if (structure !== "ok") return structure;
    const last = new Map<number, EventId>();
    const { renewed, through, block, messages } = reader.index();
    const isCovered = (number: number) => number <= renewed || number > through && number <= block;
    for (const { number, placeNumber, events, isDamaged } of reader.blocks()) {
      counts.blocks++;
      if (isDamaged) return VERIFY_TEXTS.damagedBlock(number);
      for (const event of events) {
        counts.events++;
        if (event.id <= (last.get(placeNumber) ?? "")) return VERIFY_TEXTS.outOfOrder(number);
        last.set(placeNumber, event.id);
        const isIndexed = isCovered(number) && event.type === "Said" && event.text !== "";
        if (!isIndexed) continue;
        counts.indexed++;
        if (!reader.hasWords(numberOf(event.id))) return VERIFY_TEXTS.missingWords(number);
      }
    }
    return messages === counts.indexed ? undefined : VERIFY_TEXTS.extraWords;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
