/**
 * The message that the user has chosen with Alt-Up and Alt-Down, and the keys that act on it. Each
 * key only begins a command in the input line, so that nothing happens before Enter. Performs no
 * I/O.
 *
 * @module
 */

import type { Entries, Entry } from "../session/entries.ts";
import { SELECTION_TEXTS } from "../texts/messages.ts";
import { cells } from "./cells.ts";
import { quoteOf, type Style } from "./format.ts";
import type { Key } from "./keys.ts";
import type { Segment } from "./screen.ts";

/** The keys that go to another message. */
const STEPS: Readonly<Record<string, -1 | 1>> = { "alt-up": -1, "alt-down": 1 };

/** The keys that act on the chosen message, with the lines that they begin. */
const ACTIONS = new Map<string, (text: string, entry: Entry) => string>([
  ["r", (text) => `/reply ${text}`],
  ["e", (_text, { speech }) => `/edit ${speech.text}`],
  ["d", () => "/delete"],
  ["+", () => "/react "],
]);

/** The width of a terminal from which the keys are explained in full. */
const WIDE = 70;

/**
 * The effect of a key: `line` is put into the input line, if there is one. `isVain` is true if the
 * key had no effect.
 */
export type SelectionOutcome = { readonly line?: string; readonly isVain?: true };

/**
 * Returns `line` without the command that acts on the chosen message: once no message is chosen,
 * the command would act on another one. The text of a `/reply` stays.
 */
function withoutCommand(line: string): string {
  return line.startsWith("/") ? /^\/reply (.*)$/s.exec(line)?.[1] ?? "" : line;
}

/** The choice of a message in the current buffer. */
export class Selection {
  #id: string | undefined;
  /** True until a key has begun a command. */
  #isChoosing = false;

  /** Chooses `entry` for a command that is in the input line. */
  pin(entry: Entry): void {
    this.#id = entry.speech.id;
    this.#isChoosing = false;
  }

  /** Chooses no message. */
  clear(): void {
    this.#id = undefined;
    this.#isChoosing = false;
  }

  /** Returns the message that is chosen for a command, and ends the choice. */
  take(entries: Entries | undefined): Entry | undefined {
    const entry = entries?.find(this.#id);
    this.clear();
    return entry;
  }

  /**
   * Handles a key, with `text` in the input line. Returns undefined if the key is for the input
   * line. Such a key may also have ended the selection.
   */
  press(key: Key, entries: Entries | undefined, text: string): SelectionOutcome | undefined {
    const step = key.type === "press" ? STEPS[key.name] : undefined;
    if (step !== undefined) return this.#move(step, entries) ? {} : { isVain: true };
    const entry = entries?.find(this.#id);
    if (!entry) return undefined;
    if (key.type === "press" && key.name === "escape") {
      const line = this.#isChoosing ? text : withoutCommand(text);
      this.clear();
      return { line };
    }
    if (!this.#isChoosing) return undefined;
    if (key.type === "text" && key.text.startsWith("/") && text === "") {
      // The user types the command.
      this.#isChoosing = false;
      return undefined;
    }
    const action = key.type === "text" ? ACTIONS.get(key.text) : undefined;
    if (!action) {
      this.clear();
      return undefined;
    }
    this.#isChoosing = false;
    return { line: action(text.startsWith("/") ? "" : text, entry) };
  }

  /** Ends the selection if the command that acts on it is no longer in the input line. */
  edited(text: string): void {
    if (!this.#isChoosing && !text.startsWith("/")) this.clear();
  }

  /** Returns the row that shows the chosen message in `width` cells; empty if there is none. */
  row(entries: Entries | undefined, style: Style, width: number): Segment[] {
    const entry = entries?.find(this.#id);
    if (!entries || !entry) return [];
    // A command acts either on messages of others or on those of the user; its number counts only
    // the messages on which it acts.
    const alike = entries.all.filter(({ speech }) => speech.own === entry.speech.own);
    const number = SELECTION_TEXTS.number(alike.length - alike.indexOf(entry));
    const hint = width >= WIDE ? SELECTION_TEXTS.hint : SELECTION_TEXTS.shortHint;
    const end: Segment[] = this.#isChoosing ? [{ text: `  ${hint}`, paint: style.quiet }] : [];
    const isGone = entry.deletedBy !== undefined;
    const start = isGone ? " " : ` ${number} `;
    const frame = cells(quoteOf({ ...entry.speech, text: "" })) + cells(start) + 1;
    const maxCells = width - frame - (end.length > 0 ? cells(hint) + 2 : 0);
    const quote = quoteOf(entry.speech, Math.max(maxCells, 3));
    const { struck = style.quiet } = style;
    return [{ text: start, paint: style.quiet }, {
      text: quote,
      paint: isGone ? struck : style.forMe,
    }, ...end];
  }

  #move(step: -1 | 1, entries: Entries | undefined): boolean {
    const all = entries?.all ?? [];
    const at = all.findIndex(({ speech }) => speech.id === this.#id);
    const next = all[at < 0 ? (step < 0 ? all.length - 1 : all.length) : at + step];
    if (!next && step < 0) return false;
    this.#id = next?.speech.id;
    this.#isChoosing = next !== undefined;
    return at >= 0 || next !== undefined;
  }
}
