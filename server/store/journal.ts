/**
 * The write-ahead journal: a file that gets events before the database does. Adding lines takes one
 * system call, so clients do not wait for the database, which is faster when it gets many events at
 * once. If the server is killed, the next one reads the journal.
 *
 * Each line is a JSON array: the key of a history, the number of events of the same block in earlier
 * lines, and events as in a block (see `blocks.ts`).
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import { readOnto, type Stored } from "./blocks.ts";
import type { HistoryKey } from "./store.ts";
import { unusableFile } from "./trouble.ts";

/** Events of one history, in order. */
export interface KeyedEvents {
  /** The key of the history. */
  readonly key: HistoryKey;
  /** The id of the first event, which may have been removed since. */
  readonly first: EventId;
  /** The events. */
  readonly events: readonly Event[];
}

const encoder = new TextEncoder();

/** The journal of a store. */
export class Journal implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #isEmpty: boolean;

  /**
   * Opens the journal in this file, and creates it if there is none, for its owner alone.
   *
   * @throws {UserError} if it cannot be opened.
   */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
      this.#isEmpty = this.#file.seekSync(0, Deno.SeekMode.End) === 0;
    } catch (error) {
      throw unusableFile(path, error);
    }
  }

  /** Returns the events in the journal; see {@linkcode readJournal}. */
  read(): KeyedEvents[] {
    return readJournal(this.#path);
  }

  /**
   * Adds lines.
   *
   * @throws {Error} by the system, if it cannot write; the journal must then be cleared before more
   * lines are added.
   */
  write(lines: string): void {
    if (lines === "") return;
    const bytes = encoder.encode(lines);
    this.#isEmpty = false;
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Removes all lines, once the database has their events. */
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
}

/**
 * Returns the events in a journal, in blocks in the order of their first events. The file may be in use,
 * or missing. After a power cut, its end may be damaged: it is read up to there.
 *
 * @throws {UserError} if it cannot be read.
 */
export function readJournal(path: string): KeyedEvents[] {
  const lines = linesOf(path);
  const blocks: { readonly key: HistoryKey; readonly events: Event[] }[] = [];
  const latest = new Map<HistoryKey, Event[]>();
  try {
    for (const line of lines) {
      const [key, before, next]: readonly [HistoryKey, number, readonly Stored[]] = JSON.parse(
        line,
      );
      let events = latest.get(key);
      if (before === 0) {
        events = [];
        latest.set(key, events);
        blocks.push({ key, events });
      }
      if (events?.length !== before) break;
      readOnto(events, next);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return blocks.flatMap(({ key, events }) => {
    const [first] = events;
    return first ? { key, first: first.id, events } : [];
  });
}

/** Returns the lines of the file that are complete. */
function linesOf(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw unusableFile(path, error);
  }
}
