/**
 * The line being typed: keys change it, as Emacs and most shells have them. It may hold several
 * lines, which a paste or Alt-Enter brings. Pure: it knows no terminal and not what its text is for.
 *
 * @module
 */

import { printable } from "../../shared/text.ts";
import { firstLength, lastLength } from "./cells.ts";
import type { Key } from "./keys.ts";

/** What a key led to, beyond a change of the text. */
export type Outcome =
  /** The text or the cursor may have changed. */
  | { readonly type: "edited" }
  /** There was nothing the key could do. */
  | { readonly type: "nothing" }
  /** There was too much text; what fits is there. */
  | { readonly type: "full"; readonly limit: number }
  /** A text is done; the line is empty again. */
  | { readonly type: "submitted"; readonly text: string }
  | { readonly type: "leave" }
  | { readonly type: "suspend" }
  | { readonly type: "redraw" };

/** What a word can be completed to. */
export interface Completions {
  /** Where in the text before the cursor the word begins. */
  readonly from: number;
  /** What can stand in its place, best first. */
  readonly options: readonly string[];
}

/** UTF-16 units the text may have: some thirty messages. */
const LONGEST = 16 * 1024;

/** Lines that can be called back. */
const HISTORY = 500;

const EDITED: Outcome = { type: "edited" };
const NOTHING: Outcome = { type: "nothing" };

const WORD_BEFORE = /[\p{L}\p{M}\p{N}_]*[^\p{L}\p{M}\p{N}_]*$/u;
const WORD_AFTER = /^[^\p{L}\p{M}\p{N}_]*[\p{L}\p{M}\p{N}_]*/u;
const SHELL_WORD_BEFORE = /\S*\s*$/;
const LINE_BEFORE = /[^\n]*$/;
const LINE_AFTER = /^[^\n]*/;

/** The line being typed. */
export class Editor {
  /** The text before the cursor. */
  before = "";
  /** The text behind it. */
  after = "";
  readonly #complete: (before: string) => Completions;
  readonly #history: string[] = [];
  /** Where in the history one is; its length: in none of it. */
  #at = 0;
  /** What was being typed before one went into the history. */
  #draft = "";
  #killed = "";
  /** Whether the last key killed text: the next kill then adds to it. */
  #isKilling = false;
  #completing:
    | { readonly base: string; readonly options: readonly string[]; at: number }
    | undefined;

  /**
   * An empty line.
   *
   * @param complete - Finds what the word before the cursor can be completed to.
   */
  constructor(complete: (before: string) => Completions = () => ({ from: 0, options: [] })) {
    this.#complete = complete;
  }

  /** The whole text. */
  get text(): string {
    return this.before + this.after;
  }

  /** Takes a key. */
  press(key: Key): Outcome {
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
    }
  }

  // What follows is what the table of keys is made of.

  /** Moves the cursor by `length` UTF-16 units, which must be whole characters. */
  move(length: number): Outcome {
    const text = this.text;
    const at = this.before.length + length;
    this.before = text.slice(0, at);
    this.after = text.slice(at);
    return EDITED;
  }

  /** Removes so many UTF-16 units before and behind the cursor. */
  remove(back: number, forth: number): Outcome {
    if (back + forth === 0) return NOTHING;
    this.before = this.before.slice(0, this.before.length - back);
    this.after = this.after.slice(forth);
    return EDITED;
  }

  /** Enter: hands the text out, and keeps it in the history. */
  submit(): Outcome {
    const { text } = this;
    if (text.trim() === "") return this.clear();
    if (this.#history.at(-1) !== text) this.#history.push(text);
    if (this.#history.length > HISTORY) this.#history.shift();
    this.clear();
    return { type: "submitted", text };
  }

  /** Empties the line. */
  clear(): Outcome {
    this.before = "";
    this.after = "";
    this.#at = this.#history.length;
    return EDITED;
  }

  /** Begins a new line within the text. */
  newLine(): Outcome {
    return this.#insert("\n");
  }

  /** Inserts what was killed last. */
  yank(): Outcome {
    return this.#insert(this.#killed);
  }

  /** Exchanges the characters around the cursor; at the end of the line the last two. */
  transpose(): Outcome {
    if (this.after !== "" && this.before !== "") this.move(firstLength(this.after));
    const [rest, last] = splitLast(this.before);
    const [start, other] = splitLast(rest);
    if (other === "") return NOTHING;
    this.before = start + last + other;
    return EDITED;
  }

  /** Up and down move within several lines, and past their ends through the history. */
  vertical(step: -1 | 1): Outcome {
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

  /** Tab: completes the word before the cursor, or goes on to the next completion. */
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
    const room = LONGEST - this.text.length;
    if (text === "") return NOTHING;
    // No half of a surrogate pair is left at the limit.
    this.before += text.slice(0, room).replace(/[\ud800-\udbff]$/, "");
    return text.length > room ? { type: "full", limit: LONGEST } : EDITED;
  }

  #kill([before, after]: Kill, addsToLast: boolean): Outcome {
    const back = before?.exec(this.before)?.[0] ?? "";
    const forth = after?.exec(this.after)?.[0] ?? "";
    this.#isKilling = true;
    if (back + forth === "") return NOTHING;
    const last = addsToLast ? this.#killed : "";
    this.#killed = back + last + forth;
    return this.remove(back.length, forth.length);
  }

  #recall(step: -1 | 1): Outcome {
    const at = this.#at + step;
    if (at < 0 || at > this.#history.length) return NOTHING;
    if (this.#at === this.#history.length) this.#draft = this.text;
    this.#at = at;
    this.before = this.#history[at] ?? this.#draft;
    this.after = "";
    return EDITED;
  }
}

/** What is killed: the match before the cursor, and the match behind it. */
type Kill = readonly [before: RegExp | undefined, after: RegExp | undefined];

/** A line end is killed only where nothing else is left of the line. */
const KILLS: Readonly<Record<string, Kill>> = {
  "ctrl-w": [SHELL_WORD_BEFORE, undefined],
  "alt-backspace": [WORD_BEFORE, undefined],
  "ctrl-backspace": [WORD_BEFORE, undefined],
  "alt-d": [undefined, WORD_AFTER],
  "ctrl-delete": [undefined, WORD_AFTER],
  "ctrl-k": [undefined, /^(?:[^\n]+|\n)/],
  "ctrl-u": [/(?:[^\n]+|\n)$/, undefined],
};

const length = (pattern: RegExp, text: string) => pattern.exec(text)?.[0].length ?? 0;

const left = (editor: Editor) => editor.move(-lastLength(editor.before));
const right = (editor: Editor) => editor.move(firstLength(editor.after));
const wordLeft = (editor: Editor) => editor.move(-length(WORD_BEFORE, editor.before));
const wordRight = (editor: Editor) => editor.move(length(WORD_AFTER, editor.after));
const lineStart = (editor: Editor) => editor.move(-length(LINE_BEFORE, editor.before));
const lineEnd = (editor: Editor) => editor.move(length(LINE_AFTER, editor.after));
const up = (editor: Editor) => editor.vertical(-1);
const down = (editor: Editor) => editor.vertical(1);
const removeBack = (editor: Editor) => editor.remove(lastLength(editor.before), 0);
const removeForth = (editor: Editor) => editor.remove(0, firstLength(editor.after));
const newLine = (editor: Editor) => editor.newLine();
const complete = (editor: Editor) => editor.complete(1);
const completeBack = (editor: Editor) => editor.complete(-1);

/** What each key does. */
const ACTIONS: Readonly<Record<string, (editor: Editor) => Outcome>> = {
  left,
  right,
  up,
  down,
  home: lineStart,
  end: lineEnd,
  tab: complete,
  "shift-tab": completeBack,
  backspace: removeBack,
  "shift-backspace": removeBack,
  delete: removeForth,
  enter: (editor) => editor.submit(),
  "alt-enter": newLine,
  "shift-enter": newLine,
  "ctrl-left": wordLeft,
  "ctrl-right": wordRight,
  "alt-left": wordLeft,
  "alt-right": wordRight,
  "alt-b": wordLeft,
  "alt-f": wordRight,
  "ctrl-a": lineStart,
  "ctrl-b": left,
  "ctrl-c": (editor) => editor.text === "" ? { type: "leave" } : editor.clear(),
  "ctrl-d": (editor) => editor.text === "" ? { type: "leave" } : removeForth(editor),
  "ctrl-e": lineEnd,
  "ctrl-f": right,
  "ctrl-l": () => ({ type: "redraw" }),
  "ctrl-n": down,
  "ctrl-p": up,
  "ctrl-t": (editor) => editor.transpose(),
  "ctrl-y": (editor) => editor.yank(),
  "ctrl-z": () => ({ type: "suspend" }),
};

/** `text` without its last character, and that character. */
function splitLast(text: string): [rest: string, last: string] {
  const at = text.length - lastLength(text);
  return [text.slice(0, at), text.slice(at)];
}

/** Pasted text keeps its line ends, but for the last: no paste is to look like a pressed Enter. */
function pasted(text: string): string {
  return text.replace(/\n+$/, "").replaceAll("\t", "    ").split("\n").map(printable).join("\n");
}
