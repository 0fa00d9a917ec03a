/**
 * Collects the items of the lists that a command of this client has requested, so that the command
 * can show them in its own way. Performs no I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** The numerics of a list. */
export interface ListNumerics {
  /** The numeric of an item. */
  readonly item: string;
  /** The numeric of the end. */
  readonly end: string;
}

/** The numerics of the lists that commands gather, by the command that asks for the list. */
export const LIST_NUMERICS = {
  LIST: { item: "322", end: "323" },
  WHO: { item: "352", end: "315" },
} as const;

/** The largest number of items that are kept of one list. */
const MAX_ITEMS = 10_000;

/** A list that was requested and is not complete; `done` takes its items at the end. */
interface Open {
  readonly numerics: ListNumerics;
  readonly items: Message[];
  readonly done: (items: readonly Message[]) => void;
}

/** The lists that commands have requested and that are not complete. */
export class Gathered {
  #open: Open[] = [];

  /** Calls `done` with the items of the next list of these numerics, once it has ended. */
  begin(numerics: ListNumerics, done: (items: readonly Message[]) => void): void {
    // The server may have refused the last list of this kind, which then never ends.
    this.#open = this.#open.filter((each) => each.numerics !== numerics);
    this.#open.push({ numerics, items: [], done });
  }

  /** Takes a message; returns true if it belongs to one of the lists, and need not be shown. */
  take(message: Message): boolean {
    const { command } = message;
    const list = this.#open.find(({ numerics }) =>
      numerics.item === command || numerics.end === command
    );
    if (!list) return false;
    if (command === list.numerics.item) {
      if (list.items.length < MAX_ITEMS) list.items.push(message);
      return true;
    }
    this.#open = this.#open.filter((each) => each !== list);
    list.done(list.items);
    return true;
  }
}
