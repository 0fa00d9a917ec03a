/**
 * Holds the changes since the last write to the database, in order, both in the form for the
 * database and as texts for the journal (see `journal.ts`).
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { type Change, type Keeping, textOfChange, textTogether } from "./changes.ts";
import type { Database } from "./database.ts";
import { isObject } from "./shapes.ts";
import { Pending, type PendingBlock } from "./pending.ts";
import type { HistoryKey } from "./store.ts";

/** A record to be saved, or to be deleted if it is `undefined`. */
type KeptRecord = readonly [kind: string, key: string, record: unknown];

/** The approximate time that it takes to write a record without entries, in milliseconds. */
const RECORD_MS = 0.02;
/** The approximate time that it takes to write each entry in a record, in milliseconds. */
const ENTRY_MS = 0.001;

/**
 * The kind of record that the journal alone may have for a while, because it is read only at the
 * start of a server. A server of a cluster changes this record with each commit. This record and
 * all other changes of the commit are saved together or not at all.
 */
export const POSITION = "position";

/** The changes that wait. */
export class Waiting {
  #pending = new Pending();
  /** Blocks of events, and the changes between them. */
  #steps: (readonly PendingBlock[] | Change)[] = [];
  /** The changed records that have no text for the journal yet, by kind and key. */
  readonly #records = new Map<string, KeptRecord>();
  #recordsMs = 0;
  /** The kinds of the changed records. */
  readonly #kinds = new Set<string>();
  /** The changed records that have a text for the journal, as JSON. */
  readonly #kept = new Map<string, Keeping>();
  #texts: string[] = [];

  /** The number of characters of the events since the last step. */
  get length(): number {
    return this.#pending.length;
  }

  /**
   * The number of steps and of changed records. A step is a move of a history, the replacement of
   * an event, or all blocks of events that come before a move or a replacement.
   */
  get changes(): number {
    return this.#steps.length + this.#records.size + this.#kept.size;
  }

  /**
   * The approximate time that it will take to write the changed records that have no text yet, in
   * milliseconds.
   */
  get recordsMs(): number {
    return this.#recordsMs;
  }

  /** True if a change waits that the database must get at the next commit. */
  get isUrgent(): boolean {
    return this.#steps.length > 0 || this.#kinds.size > Number(this.#kinds.has(POSITION));
  }

  /** True if nothing waits. */
  get isEmpty(): boolean {
    return this.length + this.changes === 0;
  }

  /** Returns true if the change of a record of this kind waits. */
  hasRecords(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  /** True if no waiting change can add messages to a history, or remove them. */
  get hasNoTalk(): boolean {
    return this.#steps.length === 0 && !this.#pending.hasTalk;
  }

  /** Adds an event to the history of `key`. */
  append(key: HistoryKey, event: Event): void {
    this.#pending.append(key, event);
  }

  /** Adds a change, which takes effect after the events before it. */
  add(change: Change): void {
    this.#seal();
    this.#steps.push(change);
    this.#texts.push(textOfChange(change));
  }

  /** Saves a record, or deletes it if it is `undefined`. Only its last state is written. */
  keep(kind: string, key: string, record: unknown): void {
    const name = `${kind} ${key}`;
    this.#kinds.add(kind);
    this.#kept.delete(name);
    if (!this.#records.has(name)) this.#recordsMs += recordMs(record);
    this.#records.set(name, [kind, key, record]);
  }

  /** Returns the changes that are not in the journal, as texts. */
  texts(): readonly string[] {
    this.#texts.push(...this.#pending.takeRecords());
    let hasPosition = false;
    for (const [name, [kind, key, record]] of this.#records) {
      const keeping = { type: "keep", kind, key, value: JSON.stringify(record) } as const;
      this.#kept.set(name, keeping);
      this.#texts.push(textOfChange(keeping));
      hasPosition ||= kind === POSITION;
    }
    this.#records.clear();
    this.#recordsMs = 0;
    if (hasPosition) this.#texts = [textTogether(this.#texts)];
    return this.#texts;
  }

  /** Notes that the journal has the texts of {@linkcode Waiting.texts}. */
  noteJournaled(): void {
    this.#texts = [];
  }

  /** Writes the changes that {@linkcode Waiting.texts} has returned so far to `database`. */
  writeTo(database: Database): void {
    this.#seal();
    for (const step of this.#steps) {
      if ("type" in step) database.change(step);
      else for (const { key, block } of step) database.add(key, block);
    }
    for (const keeping of this.#kept.values()) database.change(keeping);
  }

  /** Forgets all changes; called when the database has them. */
  clear(): void {
    this.#pending = new Pending();
    this.#steps = [];
    this.#kept.clear();
    this.#kinds.clear();
    this.#texts = [];
  }

  #seal(): void {
    const { blocks } = this.#pending;
    if (blocks.length === 0) return;
    this.#texts.push(...this.#pending.takeRecords());
    this.#pending = new Pending();
    this.#steps.push(blocks);
  }
}

/** Returns the approximate time that it takes to write a record, in milliseconds. */
export function recordMs(record: unknown): number {
  return RECORD_MS + entriesIn(record) * ENTRY_MS;
}

/**
 * Returns the number of fields of a record, including the fields of the objects and arrays in it.
 */
function entriesIn(value: unknown, depth = 2): number {
  if (Array.isArray(value)) return value.length;
  if (!isObject(value)) return 1;
  const values = Object.values(value);
  if (depth === 0) return values.length;
  return values.reduce<number>((sum, each) => sum + entriesIn(each, depth - 1), 0);
}
