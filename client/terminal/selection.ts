/**
 * The message that the user has chosen with Alt-Up and Alt-Down, and the keys that act on it. Each
 * key only begins a command in the input line, so that nothing happens before Enter. Performs no
 * I/O.
 *
 * @module
 */

import { isCommand } from "../commands/commands.ts";
import { findCommand } from "../commands/help.ts";
import { messageCommands } from "../commands/messages.ts";
import type { Entries, Entry } from "../session/entries.ts";
import { SELECTION_TEXTS } from "../texts/messages.ts";
import { cells } from "./cells.ts";
import type { Editor } from "./editor.ts";
import { quoteOf, type Style } from "./format.ts";
import type { Key } from "./keys.ts";
import { chosenOf, type MessageChoice } from "./message_choice.ts";
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

/** The effect of a key: "vain" if there was none. */
export type SelectionOutcome = "done" | "vain";

/**
 * Returns `line` without the command that acts on the chosen message: once no message is chosen,
 * the command would act on another one. The text of a `/reply` stays.
 */
function withoutCommand(line: string): string {
  const [, name = "", text = ""] = /^\s*[/／](\S*) ?(.*)$/s.exec(line) ?? [];
  const command = findCommand(name, messageCommands);
  if (!command) return line;
  return command.name === "reply" ? text : "";
}

/** The choice of a message in the current buffer. It is part of the text in the input line. */
export class Selection {
  readonly #editor: Editor;

  /** Chooses messages for the text in `editor`. */
  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** Puts `line`, a command about `entry` of `entries`, into the input line. */
  begin(line: string, { speech: { id } }: Entry, among: Entries): void {
    this.#editor.begin(line, id === undefined ? undefined : { among, id, isBegun: true });
  }

  /** Handles a key. Returns undefined if the key is for the input line, too. */
  press(key: Key, entries: Entries | undefined): SelectionOutcome | undefined {
    const editor = this.#editor;
    const name = key.type === "press" ? key.name : "";
    const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
    if (editor.searching !== undefined) {
      if (step === undefined) return undefined;
      // The key ends the search, and acts on the found text.
      editor.press(key);
    }
    if (step !== undefined && entries) return this.#move(step, entries) ? "done" : "vain";
    const { choice, text } = editor;
    if (!choice) return undefined;
    if (name === "escape") {
      editor.begin(withoutCommand(text));
      return "done";
    }
    if (choice.isBegun) return undefined;
    const entry = chosenOf(choice, entries);
    const action = key.type === "text" ? ACTIONS.get(key.text) : undefined;
    if (action && entry && entry !== "missing") {
      const line = withoutCommand(text);
      this.begin(action(isCommand(line) ? "" : line, entry), entry, choice.among);
      return "done";
    }
    this.#leave(choice, key);
    return undefined;
  }

  /** Returns the message that is chosen for the text: "missing" if it is not among `entries`. */
  chosen(entries: Entries | undefined): Entry | "missing" | undefined {
    return chosenOf(this.#editor.choice, entries);
  }

  /** Returns the row that shows the chosen message in `width` cells; empty if there is none. */
  row(entries: Entries | undefined, style: Style, width: number): Segment[] {
    const { choice, text } = this.#editor;
    const entry = chosenOf(choice, entries);
    if (!choice || !entries || !entry || choice.isBegun && !isCommand(text)) return [];
    if (entry === "missing") return [{ text: ` ${SELECTION_TEXTS.missing}`, paint: style.quiet }];
    // A command acts either on messages of others or on those of the user; its number counts only
    // the messages on which it acts.
    const alike = entries.all.filter(({ speech }) => speech.own === entry.speech.own);
    const number = SELECTION_TEXTS.number(alike.length - alike.indexOf(entry));
    const hint = width >= WIDE ? SELECTION_TEXTS.hint : SELECTION_TEXTS.shortHint;
    const end: Segment[] = choice.isBegun ? [] : [{ text: `  ${hint}`, paint: style.quiet }];
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

  /**
   * Ends the time in which keys begin a command. The choice stays if a command is in the line, or
   * `key` begins one. Any other text loses the choice.
   */
  #leave(choice: MessageChoice, key: Key): void {
    const editor = this.#editor;
    const typed = key.type === "text" || key.type === "paste" ? key.text : "";
    const isForCommand = isCommand(editor.text) || editor.text === "" && /^\s*[/／]/.test(typed);
    editor.choice = isForCommand ? { ...choice, isBegun: true } : undefined;
  }

  #move(step: -1 | 1, entries: Entries): boolean {
    const editor = this.#editor;
    const { all } = entries;
    const { choice } = editor;
    const at = choice ? all.findIndex(({ speech }) => speech.id === choice.id) : -1;
    const next = all[at < 0 ? (step < 0 ? all.length - 1 : all.length) : at + step];
    const id = next?.speech.id;
    if (id !== undefined) {
      editor.choice = { among: entries, id, isBegun: false };
      return true;
    }
    // Without a choice, a command in the line would act on another message.
    if (step < 0 || !choice || isCommand(editor.text)) return false;
    editor.choice = undefined;
    return true;
  }
}
