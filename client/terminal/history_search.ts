/**
 * The search in the history of the input line, like Ctrl-R in shells: each typed character narrows
 * the search. Performs no I/O.
 *
 * @module
 */

import { lastLength } from "./cells.ts";
import type { InputHistory, Submitted } from "./input_history.ts";
import type { Key } from "./keys.ts";

/**
 * The effect of a key on a search: the search continues (`on`), finds nothing more (`nothing`),
 * ends with the text from before it (`canceled`) or the found text (`taken`), or ends and passes
 * the key on (`passed`).
 */
export type SearchStep = "on" | "nothing" | "canceled" | "taken" | "passed";

/** A search that the user has begun. */
export class HistorySearch {
  /** The text that is searched for. */
  words = "";
  /** The found text; undefined before a text is found. */
  found: Submitted | undefined;
  readonly #history: InputHistory;
  /** The index of the found text; infinity before a text is found. */
  #at = Infinity;

  /** Begins a search without words. */
  constructor(history: InputHistory) {
    this.#history = history;
  }

  /** Handles a key; a key that is `passed` ends the search, and acts on the found text. */
  press(key: Key): SearchStep {
    if (key.type === "text") return this.#search(this.words + key.text, this.#at + 1);
    if (key.type !== "press") return "passed";
    switch (key.name) {
      case "ctrl-r":
        return this.#search(this.words, this.#at);
      case "backspace":
        return this.#search(this.words.slice(0, -lastLength(this.words) || undefined), Infinity);
      case "ctrl-c":
      case "ctrl-g":
        return "canceled";
      case "enter":
      case "escape":
        return "taken";
      default:
        return "passed";
    }
  }

  #search(words: string, before: number): SearchStep {
    this.words = words;
    if (words === "") {
      this.found = undefined;
      this.#at = Infinity;
      return "on";
    }
    const match = this.#history.find(words, before);
    if (!match) return "nothing";
    this.found = match.found;
    this.#at = match.at;
    return "on";
  }
}
