/**
 * The write-ahead journal: a file that gets events before the database does. Adding records takes one
 * system call, so clients do not wait for the database, which is faster when it gets many events at
 * once. If the server is killed, the next one reads the journal.
 *
 * Each record (see `framing.ts`) is a JSON array: the key of a history; the number of events of the same
 * block in earlier records; events as in a block (see `blocks.ts`); and the earlier events that these
 * refer to, each with its index. So a record can be read even if those before it are damaged.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { Event } from "../events/events.ts";
import { type KeyedEvents, readOnto } from "./blocks.ts";
import { readFormerLines } from "./former_journal.ts";
import { Framer, partsOf } from "./framing.ts";
import { isList } from "./shapes.ts";
import { type Report, troubleOf, unusableFile } from "./trouble.ts";

/** The most events of one block before a record; more are damage. */
const MOST_BEFORE = 10_000;

/** The journal of a store. */
export class Journal implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #report: Report;
  readonly #framer = new Framer();
  #isEmpty: boolean;

  /**
   * Opens the journal in this file, and creates it if there is none, for its owner alone. Damage is
   * passed to `report`.
   *
   * @throws {UserError} if it cannot be opened.
   */
  constructor(path: string, report: Report = () => {}) {
    this.#path = path;
    this.#report = report;
    try {
      this.#file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
      this.#isEmpty = this.#file.seekSync(0, Deno.SeekMode.End) === 0;
    } catch (error) {
      throw unusableFile(path, error);
    }
  }

  /**
   * Returns the events in the journal; see {@linkcode readJournal}. Bytes that are damaged are copied to
   * a file beside it, before the journal is cleared.
   */
  read(): readonly KeyedEvents[] {
    const { blocks, damage } = readJournal(this.#path);
    if (damage.length > 0) this.#setAside(damage);
    return blocks;
  }

  /**
   * Adds records.
   *
   * @throws {Error} by the system, if it cannot write; the journal must then be cleared before more
   * records are added.
   */
  write(records: readonly string[]): void {
    if (records.length === 0) return;
    const bytes = this.#framer.frame(records);
    this.#isEmpty = false;
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Removes all records, once the database has their events. */
  clear(): void {
    if (this.#isEmpty) return;
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#isEmpty = true;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #setAside(damage: readonly Damage[]): void {
    const kept = `${this.#path}.damaged-${damage.reduce(addSum, 0).toString(16)}`;
    const at = damage.map(({ from, bytes }) => `${from}-${from + bytes.length}`).join(" ");
    const fields = { path: this.#path, at: at.slice(0, AT_LENGTH) };
    try {
      const options = { write: true, create: true, truncate: true, mode: 0o600 };
      using file = Deno.openSync(kept, options);
      for (const { bytes } of damage) {
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      }
      this.#report("a part of the journal is damaged and left out", { ...fields, kept });
    } catch (error) {
      const { meaning } = troubleOf(error);
      this.#report("a part of the journal is damaged and lost", { ...fields, reason: meaning });
    }
  }
}

/** The greatest length of a list of damaged bytes in the log. */
const AT_LENGTH = 200;

function addSum(sum: number, { bytes }: Damage): number {
  return crc32(bytes, sum);
}

/** Bytes of a journal that are no record. */
export interface Damage {
  /** The position of the first of them. */
  readonly from: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** The contents of a journal. */
export interface JournalContents {
  /** The events, in the order of first events. */
  readonly blocks: readonly KeyedEvents[];
  /** The damaged parts, in order. A record that is being written counts as one. */
  readonly damage: readonly Damage[];
}

/**
 * Reads a journal, of this or an earlier version. The file may be in use, or missing.
 *
 * @throws {UserError} if it cannot be read.
 */
export function readJournal(path: string): JournalContents {
  const bytes = bytesOf(path);
  const former = readFormerLines(bytes);
  const blocks = [...former.blocks];
  const damage: Damage[] = [];
  for (const { from, to, record } of partsOf(bytes, former.end)) {
    const block = record === undefined ? undefined : readRecord(record);
    if (block) blocks.push(block);
    else damage.push({ from, bytes: bytes.subarray(from, to) });
  }
  return { blocks, damage };
}

/** Returns the events of a record; `undefined` if they are none. */
function readRecord(record: string): KeyedEvents | undefined {
  try {
    const parsed: unknown = JSON.parse(record);
    if (!isList(parsed)) return undefined;
    const [key, before, next, originals] = parsed;
    const known: Event[] = [];
    if (typeof key !== "string" || !isIndex(before) || !isList(originals)) return undefined;
    for (const original of originals) {
      const [index, whole] = isList(original) ? original : [];
      const read: Event[] = [];
      readOnto(read, [whole]);
      if (isIndex(index) && read[0]) known[index] = read[0];
    }
    known.length = before;
    readOnto(known, next);
    const events = known.slice(before);
    const [first] = events;
    return first && { key, first: first.id, events };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 &&
    value < MOST_BEFORE;
}

/** Returns the bytes of the file; none if it does not exist. */
function bytesOf(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw unusableFile(path, error);
  }
}
