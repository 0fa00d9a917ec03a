/**
 * The write-ahead journal: a file that gets changes before the database does. Adding records takes
 * one system call, and for most changes clients wait only for that. The database can then get many
 * events at once, which is faster. If the server is killed, or the write-ahead log of SQLite is
 * damaged, the next server reads the journal.
 *
 * Each record (see `framing.ts`) has a number, a space, and JSON. The number identifies the write
 * to the database that contains the same changes; records of an earlier version have none. The JSON
 * is one of these:
 *
 * - an object for a change (see `changes.ts`);
 * - an array for new events of a block, which is a part of a history (see `blocks.ts`): `[key of
 *   the history, number of the block's events in earlier records, [new events], [[index, earlier
 *   event that a new one refers to], …]]`. So the record can be read even if earlier ones are
 *   damaged;
 * - an object with the field `together`: several of these, which count all or not at all.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { type KeyedEvents, readOnto } from "./blocks.ts";
import { type Change, changeIn } from "./changes.ts";
import { readFormerLines } from "./former_journal.ts";
import { Framer, partsOf } from "./framing.ts";
import { type Damage, setAside } from "./set_aside.ts";
import { isList, isObject } from "./shapes.ts";
import { type Report, unusableFile } from "./trouble.ts";

const LINE_FEED = 0x0a;
/** A block has fewer events than this. A record that counts or indexes more is damaged. */
const MOST_BEFORE = 10_000;

/** The journal of a store. */
export class Journal implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #report: Report;
  readonly #framer = new Framer();
  /** The position after the last whole record. */
  #end: number;
  /** True if a part of a record may be after `#end`. */
  #isTorn = true;

  /**
   * Opens the journal in this file, and creates it if there is none. Only its owner can read a new
   * file. Passes damage to `report`.
   *
   * @throws {UserError} if it cannot be opened.
   */
  constructor(path: string, report: Report = () => {}) {
    this.#path = path;
    this.#report = report;
    try {
      this.#file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
      this.#end = this.#file.seekSync(0, Deno.SeekMode.End);
    } catch (error) {
      throw unusableFile(path, error);
    }
  }

  /**
   * Returns the entries, except those with a number up to `after`; see {@linkcode readJournal}.
   * Copies damaged bytes to a file beside the journal.
   */
  read(after: number): Pick<JournalContents, "entries" | "number"> {
    const contents = readJournal(this.#path, after);
    if (contents.damage.length > 0) {
      setAside("the journal", this.#path, contents.damage, this.#report);
    }
    this.#end = contents.end;
    return contents;
  }

  /**
   * Adds records. `number` is the number of the write to the database that will make the same
   * changes.
   *
   * @throws {Error} if it cannot write; then they are not in the journal.
   */
  write(number: number, texts: readonly string[]): void {
    if (texts.length === 0) return;
    const bytes = this.#framer.frame(texts.map((text) => `${number} ${text}`));
    if (this.#isTorn) this.#cut(this.#end);
    this.#isTorn = true;
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    this.#isTorn = false;
    this.#end += bytes.length;
  }

  /** Removes all records; called when the database file has their changes. */
  clear(): void {
    if (this.#end > 0 || this.#isTorn) this.#cut(0);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #cut(end: number): void {
    this.#file.truncateSync(end);
    this.#file.seekSync(end, Deno.SeekMode.Start);
    this.#end = end;
    this.#isTorn = false;
  }
}

/** Events or another change in a journal. */
export interface JournalEntry {
  /**
   * The number of the write to the database that contains the entry; `undefined` in journals of
   * earlier versions.
   */
  readonly number: number | undefined;
  /** The events, or the change. */
  readonly content: KeyedEvents | Change;
}

/** The contents of a journal. */
export interface JournalContents {
  /** The entries, in order; events of one block may be in several. */
  readonly entries: readonly JournalEntry[];
  /** The greatest number of an entry; 0 if there is none. */
  readonly number: number;
  /** The damaged parts, in order. A record that is still being written counts as damaged. */
  readonly damage: readonly Damage[];
  /** The position after the last line feed. */
  readonly end: number;
}

/** The number at the beginning of a record. */
const NUMBER = /^(\d{1,15}) /;

/**
 * Reads a journal of this or an earlier version. Leaves out the entries with a number up to
 * `after`. The file may be in use or missing.
 *
 * @throws {UserError} if it cannot be read.
 */
export function readJournal(path: string, after = 0): JournalContents {
  const bytes = bytesOf(path);
  const former = readFormerLines(bytes);
  const entries: JournalEntry[] = former.blocks.map((content) => ({ number: undefined, content }));
  const damage: Damage[] = [];
  let greatest = 0;
  for (const { from, to, record = "" } of partsOf(bytes, former.end)) {
    const [head = "", digits] = NUMBER.exec(record) ?? [];
    const number = digits === undefined ? undefined : Number(digits);
    greatest = Math.max(greatest, number ?? 0);
    if (number !== undefined && number <= after) continue;
    const contents = contentsOf(record.slice(head.length));
    if (contents) entries.push(...contents.map((content) => ({ number, content })));
    else damage.push({ from, bytes: bytes.subarray(from, to) });
  }
  return { entries, number: greatest, damage, end: bytes.lastIndexOf(LINE_FEED) + 1 };
}

/** Returns the events in a journal. */
export function eventsIn({ entries }: Pick<JournalContents, "entries">): KeyedEvents[] {
  return entries.flatMap(({ content }) => "events" in content ? content : []);
}

/** Returns the contents of a record; `undefined` if the text is not valid. */
function contentsOf(text: string): (KeyedEvents | Change)[] | undefined {
  try {
    return contentsIn(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Returns the contents of a parsed record, all or none. */
function contentsIn(parsed: unknown): (KeyedEvents | Change)[] | undefined {
  if (isObject(parsed) && isList(parsed["together"])) {
    const parts = parsed["together"].map(contentsIn);
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  const content = isList(parsed) ? eventsOf(parsed) : changeIn(parsed);
  return content && [content];
}

/** Returns the events of a record; `undefined` if the values are not valid. */
function eventsOf([key, before, next, originals]: readonly unknown[]): KeyedEvents | undefined {
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
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 &&
    value < MOST_BEFORE;
}

/** Returns the bytes of the file; an empty array if it does not exist. */
function bytesOf(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw unusableFile(path, error);
  }
}
