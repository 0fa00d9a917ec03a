/**
 * Collects the messages that a search finds in the parts of an index: the first or the last ones,
 * up to a limit.
 *
 * @module
 */

import { numberOf } from "../events/ids.ts";
import type { End } from "./store.ts";
import type { FoundWords, WordSearch } from "./word_search.ts";

/** The messages found so far. */
export class Findings {
  /** The end at which the search began. */
  readonly from: End;
  readonly #limit: number;
  #found: readonly FoundWords[] = [];

  /** Starts without messages. The search begins at `from`, and ends at `limit` messages. */
  constructor({ from, limit }: Pick<WordSearch, "from" | "limit">) {
    this.from = from;
    this.#limit = limit;
  }

  /** The messages, in order. */
  get found(): readonly FoundWords[] {
    return this.#found;
  }

  /** Adds messages, some of which may have been added before. */
  add(more: readonly FoundWords[]): void {
    if (more.length === 0) return;
    const all = [...new Map([...this.#found, ...more].map((each) => [each.id, each])).values()]
      .sort((one, other) => one.id < other.id ? -1 : 1);
    this.#found = this.from === "first" ? all.slice(0, this.#limit) : all.slice(-this.#limit);
  }

  /**
   * Returns true if the search can stop at `end`, the number of an id: it has found enough
   * messages, and no message beyond `end` would replace one of them.
   */
  areCompleteBefore(end: number): boolean {
    if (this.#found.length < this.#limit) return false;
    const isFirst = this.from === "first";
    const last = numberOf((isFirst ? this.#found.at(-1) : this.#found[0])?.id ?? "");
    return isFirst ? end > last : end < last;
  }
}
