/**
 * The input line, with the keys of Emacs and most shells. A paste or Alt-Enter can make it several
 * lines. Performs no I/O: it does not know terminals or the use of its text.
 *
 * @module
 */

import { printable, trimSignsAtEnd } from "../../shared/text.ts";
import type { Completions } from "../commands/completion.ts";
import { firstLength, lastLength } from "./cells.ts";
import { HistorySearch } from "./history_search.ts";
import { InputHistory } from "./input_history.ts";
import type { Key } from "./keys.ts";
import type { MessageChoice } from "./message_choice.ts";

/** The result of a key press. */
export type Outcome =
  /** The text or the cursor may have changed. */
  | { readonly type: "edited" }
  /** The key had no effect. */
  | { readonly type: "nothing" }
  /** The text is at its limit, and the rest was left out. */
  | { readonly type: "full"; readonly limit: number }
  /** The text was submitted, and the line is empty again. */
  | {
    readonly type: "submitted";
    readonly text: string;
    readonly choice: MessageChoice | undefined;
  }
  | { readonly type: "leave" }
  | { readonly type: "suspend" }
  | { readonly type: "redraw" };

/** A text that was not submitted, and the cursor in it. */
export interface Draft {
  /** The text before the cursor. */
  readonly before: string;
  /** The text after the cursor. */
  readonly after: string;
  /** The message that the user has chosen for the text. */
  readonly choice: MessageChoice | undefined;
}

/** A search in the history, and the text before it. */
interface Search extends Draft {
  readonly in: HistorySearch;
}

/** The limit of the text in UTF-16 units: about thirty messages. */
const MAX_LENGTH = 16 * 1024;

const EMPTY: Draft = { before: "", after: "", choice: undefined };

const EDITED: Outcome = { type: "edited" };
const NOTHING: Outcome = { type: "nothing" };

const WORD_BEFORE = /[\p{L}\p{M}\p{N}_]*[^\p{L}\p{M}\p{N}_]*$/u;
const WORD_AFTER = /^[^\p{L}\p{M}\p{N}_]*[\p{L}\p{M}\p{N}_]*/u;
const SHELL_WORD_BEFORE = /\S*\s*$/;
const LINE_BEFORE = /(?<![^\n])[^\n]*$/;
const LINE_AFTER = /^[^\n]*/;

/** An input line. */
export class Editor {
  /** The text before the cursor. */
  before = "";
  /** The text after the cursor. */
  after = "";
  /** The message that the user has chosen for the text. */
  choice: MessageChoice | undefined;
  readonly #complete: (before: string) => Completions;
  readonly #history: InputHistory;
  /** The search in the history, and the text before it. */
  #search: Search | undefined;
  #killed = "";
  /** The choice that belonged to the killed text. */
  #killedChoice: MessageChoice | undefined;
  /** True if the last key killed text: the next kill then adds to it. */
  #isKilling = false;
  #completing:
    | { readonly base: string; readonly options: readonly string[]; at: number }
    | undefined;

  /**
   * Makes an empty line.
   *
   * @param complete - Finds the completions of the word before the cursor.
   * @param history - The texts that were submitted before.
   */
  constructor(
    complete: (before: string) => Completions = () => ({ from: 0, options: [] }),
    history: InputHistory = new InputHistory(),
  ) {
    this.#complete = complete;
    this.#history = history;
  }

  /** The whole text. */
  get text(): string {
    return this.before + this.after;
  }

  /** The words that are searched for in the history; undefined without a search. */
  get searching(): string | undefined {
    return this.#search?.in.words;
  }

  /**
   * Replaces the text and its choice, as when the user switches to another conversation; returns
   * the previous ones.
   */
  exchange(draft: Draft = EMPTY): Draft {
    this.#search = undefined;
    this.#completing = undefined;
    const previous = this.#draft;
    this.clear();
    this.#put(draft);
    return previous;
  }

  /** Empties the line; Up brings the text back, as if it had been submitted. */
  shelve(): void {
    this.recallable(this.exchange());
  }

  /** Lets Up bring the text of `draft` back, as if it had been submitted. */
  recallable({ before, after, choice }: Draft): void {
    const text = before + after;
    if (text.trim() !== "") this.#history.add({ text, choice });
  }

  /** Replaces the text by `line`, which becomes one line, and is about the message of `choice`. */
  begin(line: string, choice?: MessageChoice): void {
    this.clear();
    this.before = printable(line.replaceAll("\n", " "));
    this.choice = choice;
  }

  /** Handles a key. If the user has removed the command of a choice, the choice ends. */
  press(key: Key): Outcome {
    const outcome = this.#press(key);
    if (this.text === "" && this.choice?.isBegun) this.choice = undefined;
    return outcome;
  }

  #press(key: Key): Outcome {
    if (this.#search) {
      const outcome = this.#pressInSearch(this.#search, key);
      if (outcome) return outcome;
    }
    const wasKilling = this.#isKilling;
    this.#isKilling = false;
    if (key.type !== "press" || !/^(?:shift-)?tab$/.test(key.name)) this.#completing = undefined;
    switch (key.type) {
      case "text":
        return this.#insert(printable(key.text));
      case "paste":
        return this.#insert(pasted(key.text));
      case "press": {
        const kill = KILLS[key.name];
        if (kill) return this.#kill(kill, wasKilling);
        return ACTIONS[key.name]?.(this) ?? NOTHING;
      }
      case "position":
        return NOTHING;
    }
  }

  // The actions that the tables of keys below use.

  /** Moves the cursor by `length` UTF-16 units, which must be whole characters. */
  move(length: number): Outcome {
    const text = this.text;
    const at = this.before.length + length;
    this.before = text.slice(0, at);
    this.after = text.slice(at);
    return EDITED;
  }

  /** Removes `before` UTF-16 units before the cursor, and `after` units after it. */
  remove(before: number, after: number): Outcome {
    if (before + after === 0) return NOTHING;
    this.before = this.before.slice(0, this.before.length - before);
    this.after = this.after.slice(after);
    return EDITED;
  }

  /** Submits the text and adds it to the history. */
  submit(): Outcome {
    const { text, choice } = this;
    if (text.trim() === "") return this.clear();
    this.#history.add({ text, choice });
    this.clear();
    return { type: "submitted", text, choice };
  }

  /** Empties the line. */
  clear(): Outcome {
    this.before = "";
    this.after = "";
    this.choice = undefined;
    this.#history.reset();
    return EDITED;
  }

  /** Begins a search in the history. */
  search(): Outcome {
    this.#search = { in: new HistorySearch(this.#history), ...this.#draft };
    return EDITED;
  }

  /** Begins a new line within the text. */
  newLine(): Outcome {
    return this.#insert("\n");
  }

  /** Inserts the text that was killed last. */
  yank(): Outcome {
    if (this.text === "") this.choice = this.#killedChoice;
    return this.#insert(this.#killed);
  }

  /** Exchanges the characters around the cursor; at the end of the text, the last two. */
  transpose(): Outcome {
    if (this.after !== "" && this.before !== "") this.move(firstLength(this.after));
    const [rest, last] = splitLast(this.before);
    const [start, other] = splitLast(rest);
    if (other === "") return NOTHING;
    this.before = start + last + other;
    return EDITED;
  }

  /** Moves the cursor up or down by a line, or through the history past the first or last line. */
  moveVertically(step: -1 | 1): Outcome {
    const [column = ""] = LINE_BEFORE.exec(this.before) ?? [];
    if (step < 0 && this.before.length > column.length) {
      const above = this.before.slice(0, -column.length - 1);
      const [line = ""] = LINE_BEFORE.exec(above) ?? [];
      return this.move(-column.length - 1 - Math.max(0, line.length - column.length));
    }
    const [rest = ""] = LINE_AFTER.exec(this.after) ?? [];
    if (step > 0 && this.after.length > rest.length) {
      const [line = ""] = LINE_AFTER.exec(this.after.slice(rest.length + 1)) ?? [];
      return this.move(rest.length + 1 + Math.min(line.length, column.length));
    }
    return this.#recall(step);
  }

  /** Completes the word before the cursor, or replaces its completion by the next one. */
  complete(step: -1 | 1): Outcome {
    if (!this.#completing) {
      const { from, options } = this.#complete(this.before);
      if (options.length === 0) return NOTHING;
      const at = step > 0 ? -1 : options.length;
      this.#completing = { base: this.before.slice(0, from), options, at };
    }
    const { base, options, at } = this.#completing;
    this.#completing.at = (at + step + options.length) % options.length;
    this.before = base + (options[this.#completing.at] ?? "");
    return EDITED;
  }

  #insert(text: string): Outcome {
    const maxLength = MAX_LENGTH - this.text.length;
    if (text === "") return NOTHING;
    // The limit may have cut a surrogate pair in half.
    this.before += text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "");
    return text.length > maxLength ? { type: "full", limit: MAX_LENGTH } : EDITED;
  }

  #kill([patternBefore, patternAfter]: Kill, addsToLast: boolean): Outcome {
    const before = patternBefore?.exec(this.before)?.[0] ?? "";
    const after = patternAfter?.exec(this.after)?.[0] ?? "";
    this.#isKilling = true;
    if (before + after === "") return NOTHING;
    const last = addsToLast ? this.#killed : "";
    this.#killed = before + last + after;
    if (!addsToLast || this.choice) this.#killedChoice = this.choice;
    return this.remove(before.length, after.length);
  }

  #recall(step: -1 | 1): Outcome {
    const { text, choice } = this;
    const recalled = this.#history.step(step, { text, choice });
    if (!recalled) return NOTHING;
    this.#put({ before: recalled.text, after: "", choice: recalled.choice });
    return EDITED;
  }

  get #draft(): Draft {
    const { before, after, choice } = this;
    return { before, after, choice };
  }

  #put({ before, after, choice }: Draft): void {
    this.before = before;
    this.after = after;
    this.choice = choice;
  }

  /** Handles a key during a search; returns `undefined` if the key acts on the found text. */
  #pressInSearch({ in: search, ...draft }: Search, key: Key): Outcome | undefined {
    const step = search.press(key);
    const found = step === "canceled" ? undefined : search.found;
    this.#put(found ? { before: found.text, after: "", choice: found.choice } : draft);
    if (step === "on") return EDITED;
    if (step === "nothing") return NOTHING;
    this.#search = undefined;
    return step === "passed" ? undefined : EDITED;
  }
}

/**
 * The text that a key kills (removes, and keeps for {@linkcode Editor.yank}): patterns for the part
 * before the cursor and the part after it.
 */
type Kill = readonly [before: RegExp | undefined, after: RegExp | undefined];

/** The keys that kill text. A line end is killed only if the rest of the line is empty. */
const KILLS: Readonly<Record<string, Kill>> = {
  "ctrl-w": [SHELL_WORD_BEFORE, undefined],
  "alt-backspace": [WORD_BEFORE, undefined],
  "ctrl-backspace": [WORD_BEFORE, undefined],
  "alt-d": [undefined, WORD_AFTER],
  "ctrl-delete": [undefined, WORD_AFTER],
  "ctrl-k": [undefined, /^(?:[^\n]+|\n)/],
  "ctrl-u": [/(?<![^\n])[^\n]+$|\n$/, undefined],
};

const length = (pattern: RegExp, text: string) => pattern.exec(text)?.[0].length ?? 0;

const left = (editor: Editor) => editor.move(-lastLength(editor.before));
const right = (editor: Editor) => editor.move(firstLength(editor.after));
const wordLeft = (editor: Editor) => editor.move(-length(WORD_BEFORE, editor.before));
const wordRight = (editor: Editor) => editor.move(length(WORD_AFTER, editor.after));
const lineStart = (editor: Editor) => editor.move(-length(LINE_BEFORE, editor.before));
const lineEnd = (editor: Editor) => editor.move(length(LINE_AFTER, editor.after));
const up = (editor: Editor) => editor.moveVertically(-1);
const down = (editor: Editor) => editor.moveVertically(1);
const removeBefore = (editor: Editor) => editor.remove(lastLength(editor.before), 0);
const removeAfter = (editor: Editor) => editor.remove(0, firstLength(editor.after));
const newLine = (editor: Editor) => editor.newLine();
const complete = (editor: Editor) => editor.complete(1);
const completeBack = (editor: Editor) => editor.complete(-1);

/** The actions of keys that kill no text. */
const ACTIONS: Readonly<Record<string, (editor: Editor) => Outcome>> = {
  left,
  right,
  up,
  down,
  home: lineStart,
  end: lineEnd,
  tab: complete,
  "shift-tab": completeBack,
  backspace: removeBefore,
  "shift-backspace": removeBefore,
  delete: removeAfter,
  enter: (editor) => editor.submit(),
  "alt-enter": newLine,
  "shift-enter": newLine,
  "ctrl-left": wordLeft,
  "ctrl-right": wordRight,
  "alt-b": wordLeft,
  "alt-f": wordRight,
  "ctrl-a": lineStart,
  "ctrl-b": left,
  "ctrl-c": (editor) => editor.text === "" ? { type: "leave" } : editor.clear(),
  "ctrl-d": (editor) => editor.text === "" ? { type: "leave" } : removeAfter(editor),
  "ctrl-e": lineEnd,
  "ctrl-f": right,
  "ctrl-r": (editor) => editor.search(),
  "ctrl-l": () => ({ type: "redraw" }),
  "ctrl-t": (editor) => editor.transpose(),
  "ctrl-y": (editor) => editor.yank(),
  "ctrl-z": () => ({ type: "suspend" }),
};

/** Splits `text` before its last character. */
function splitLast(text: string): [rest: string, last: string] {
  const at = text.length - lastLength(text);
  return [text.slice(0, at), text.slice(at)];
}

/**
 * Returns pasted text as it is inserted: without a line end at its end, which would look like
 * Enter.
 */
function pasted(text: string): string {
  return trimSignsAtEnd(text, "\n").replaceAll("\t", "    ").split("\n").map(printable).join("\n");
}
