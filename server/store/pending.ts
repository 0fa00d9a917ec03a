/**
 * What happened since the database was last written to: as the blocks that it will have of it, and as
 * the lines that the journal has until then.
 *
 * @module
 */

import type { Event } from "../events.ts";
import { BlockWriter } from "./blocks.ts";
import type { Place } from "./store.ts";

/** A block holds so many events at most: a page should not have to read many more than it shows. */
const BLOCK_LIMIT = 100;

/** A block that waits, and which of it the journal does not have. */
export interface PendingBlock {
  /** Where it happened. */
  readonly place: Place;
  /** What happened. */
  readonly block: BlockWriter;
  /** How many of its events the journal has. */
  journaled: number;
  /** The others, as JSON, with commas between. */
  rest: string;
}

/** What waits; see the module. */
export class Pending {
  /** In the order of their first events. */
  readonly blocks: PendingBlock[] = [];
  readonly #latest = new Map<Place, PendingBlock>();
  #unjournaled: PendingBlock[] = [];
  #length = 0;

  /** How many characters wait, as JSON. */
  get length(): number {
    return this.#length;
  }

  /** Adds an event to what happened at `place`. */
  append(place: Place, event: Event): void {
    const pending = this.#blockFor(place);
    const text = pending.block.add(event);
    if (pending.rest === "") {
      pending.rest = text;
      this.#unjournaled.push(pending);
    } else {
      pending.rest += `,${text}`;
    }
    this.#length += text.length;
  }

  /** What was added since it was last asked, as lines of the journal (see `journal.ts`). */
  takeLines(): string {
    let lines = "";
    for (const pending of this.#unjournaled) {
      lines += `[${JSON.stringify(pending.place)},${pending.journaled},[${pending.rest}]]\n`;
      pending.journaled = pending.block.length;
      pending.rest = "";
    }
    this.#unjournaled = [];
    return lines;
  }

  #blockFor(place: Place): PendingBlock {
    const latest = this.#latest.get(place);
    if (latest !== undefined && latest.block.length < BLOCK_LIMIT) return latest;
    const next = { place, block: new BlockWriter(), journaled: 0, rest: "" };
    this.#latest.set(place, next);
    this.blocks.push(next);
    return next;
  }
}
