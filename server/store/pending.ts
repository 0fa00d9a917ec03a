/**
 * Holds the events since the last write to the database: as blocks for the database, and as records
 * for the journal.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { BlockWriter, CONTENT, type Original } from "./blocks.ts";
import type { HistoryKey } from "./store.ts";

/**
 * The largest number of events in a block. A block is read as a whole, so a larger one would
 * contain many more events than a page of history needs.
 */
const BLOCK_LIMIT = 100;
/** The number of characters at which a block is full. All clients wait while a block is read. */
const SIZE_LIMIT = 32 * 1024;

/** A block that waits for the database, and the part of it that the journal does not have. */
export interface PendingBlock {
  /** The key of the history. */
  readonly key: HistoryKey;
  /** The block. */
  readonly block: BlockWriter;
  /** The number of its events that the journal has. */
  journaled: number;
  /** Its other events, as JSON, separated by commas. */
  unjournaled: string;
  /**
   * The messages that the unjournaled events refer to and that the journal already has. The next
   * record repeats them, because each record must be readable without the others.
   */
  originals: Original[];
}

/** The events that wait. */
export class Pending {
  /** The blocks, in the order of their first events. */
  readonly blocks: PendingBlock[] = [];
  readonly #latest = new Map<HistoryKey, PendingBlock>();
  #unjournaled: PendingBlock[] = [];
  #length = 0;

  /** The number of characters of all events, as JSON. */
  get length(): number {
    return this.#length;
  }

  /** True if there is a PRIVMSG or a NOTICE among the events. */
  get hasTalk(): boolean {
    return this.blocks.some(({ block }) => block.content === CONTENT.talk);
  }

  /** Adds an event to the history of `key`. */
  append(key: HistoryKey, event: Event): void {
    const pending = this.#blockFor(key);
    const { text, original } = pending.block.add(event);
    if (original && original.index < pending.journaled && !pending.originals.includes(original)) {
      pending.originals.push(original);
    }
    if (pending.unjournaled === "") {
      pending.unjournaled = text;
      this.#unjournaled.push(pending);
    } else {
      pending.unjournaled += `,${text}`;
    }
    this.#length += text.length;
  }

  /** Returns the events added since the last call, as records of the journal (see `journal.ts`). */
  takeRecords(): string[] {
    const records = this.#unjournaled.map(recordOf);
    for (const pending of this.#unjournaled) {
      pending.journaled = pending.block.length;
      pending.unjournaled = "";
      pending.originals = [];
    }
    this.#unjournaled = [];
    return records;
  }

  #blockFor(key: HistoryKey): PendingBlock {
    const latest = this.#latest.get(key);
    if (latest !== undefined && hasRoom(latest.block)) return latest;
    const next = { key, block: new BlockWriter(), journaled: 0, unjournaled: "", originals: [] };
    this.#latest.set(key, next);
    this.blocks.push(next);
    return next;
  }
}

function hasRoom({ length, size }: BlockWriter): boolean {
  return length < BLOCK_LIMIT && size < SIZE_LIMIT;
}

function recordOf({ key, journaled, unjournaled, originals }: PendingBlock): string {
  const referred = originals.map(({ index, text }) => `[${index},${text}]`).join();
  return `[${JSON.stringify(key)},${journaled},[${unjournaled}],[${referred}]]`;
}
