/**
 * A file that has what happened before the database does. To add some lines to it is one call of the
 * system, so nobody waits for the database, which gets much at once and is then faster, too. Should
 * the server be killed, the next one reads it.
 *
 * Each line is a JSON array of the place, how many events of the same block came in lines before,
 * and events as in a block (see `blocks.ts`).
 *
 * @module
 */

import type { Event } from "../events.ts";
import type { EventId } from "../ids.ts";
import { readOnto, type Stored } from "./blocks.ts";
import type { Place } from "./store.ts";
import { cannotUse } from "./trouble.ts";

/** What happened in one place, in order. */
export interface Happened {
  /** Where. */
  readonly place: Place;
  /** The id of the first event, which may have been taken out again. */
  readonly first: EventId;
  /** What. */
  readonly events: readonly Event[];
}

const encoder = new TextEncoder();

/** The journal of a store; see the module. */
export class Journal implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #isEmpty: boolean;

  /**
   * The journal in that file, made for its owner alone if it is not there.
   *
   * @throws {UserError} if it cannot be opened.
   */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
      this.#isEmpty = this.#file.seekSync(0, Deno.SeekMode.End) === 0;
    } catch (error) {
      throw cannotUse(path, error);
    }
  }

  /** What it has; see {@linkcode readJournal}. */
  read(): Happened[] {
    return readJournal(this.#path);
  }

  /**
   * Adds lines.
   *
   * @throws {Error} by the system, if that cannot be; then it is to be cleared before more is added.
   */
  write(lines: string): void {
    if (lines === "") return;
    const bytes = encoder.encode(lines);
    this.#isEmpty = false;
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Forgets all: the database has it. */
  clear(): void {
    if (this.#isEmpty) return;
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#isEmpty = true;
  }

  /** Lets go of the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * What the journal in that file has, which may be in use, or not there; in the order of first events.
 * Where it was being written when the power was cut, it may make no sense: it is read up to there.
 *
 * @throws {UserError} if it cannot be read.
 */
export function readJournal(path: string): Happened[] {
  const lines = linesOf(path);
  const blocks: { readonly place: Place; readonly events: Event[] }[] = [];
  const latest = new Map<Place, Event[]>();
  try {
    for (const line of lines) {
      const [place, before, next]: readonly [Place, number, readonly Stored[]] = JSON.parse(line);
      let events = latest.get(place);
      if (before === 0) {
        events = [];
        latest.set(place, events);
        blocks.push({ place, events });
      }
      if (events?.length !== before) break;
      readOnto(events, next);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return blocks.flatMap(({ place, events }) => {
    const [first] = events;
    return first ? { place, first: first.id, events } : [];
  });
}

/** Those that were written to their ends. */
function linesOf(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw cannotUse(path, error);
  }
}
