/**
 * The texts that the user has submitted: to step through, and to search. Performs no I/O; the place
 * where they are kept for the next time is passed in.
 *
 * @module
 */

import { COMMANDS } from "../commands/commands.ts";
import { findCommand } from "../commands/help.ts";
import { splitFirst } from "../commands/parameters.ts";
import { isSameChoice, type MessageChoice } from "./message_choice.ts";

/** The place that keeps submitted texts from one session to the next. */
export interface KeptTexts {
  /** Returns the texts that are kept, the latest last. */
  read(): readonly string[];
  /** Keeps a text. */
  add(text: string): void;
}

/** The largest number of texts that can be recalled. */
const MAX_RECALLED = 500;

/**
 * The commands of this client, of other clients and of IRC that may have a password or a code as a
 * parameter.
 */
const SECRET_COMMANDS: ReadonlySet<string> = new Set(
  ("link own redeem oper pass identify login register auth authenticate verify webirc " +
    "ns cs nickserv chanserv").split(" "),
);

/** Matches a message to a service that may contain a password. */
const TO_SERVICE =
  /\b(?:identify|setpass)\s+\S|^:?(?:auth|login|register|ghost|recover|regain|release|set\s+pass\w*)\s+\S/i;

/** Matches the nick of a service. */
const SERVICE = /^\S*serv\b/i;

/**
 * Returns true if `text` may be kept on the disk: it does not begin with a space, as in many
 * shells, and contains no password and no code.
 */
export function isKept(text: string): boolean {
  if (/^\s|token=/.test(text)) return false;
  const [, typed, rest = ""] = /^\p{Cf}*[/／](\S+)\s*(.*)$/su.exec(text) ?? [];
  if (typed === undefined) return !TO_SERVICE.test(text);
  const name = findCommand(typed, COMMANDS)?.name ?? typed.toLowerCase();
  const [first, words] = splitFirst(rest);
  switch (name) {
    case "quote":
      return isKept(`/${rest.replace(/^:\S*\s+/, "")}`);
    case "connect":
      return words === "";
    case "msg":
    case "query":
    case "privmsg":
      return !SERVICE.test(first) && !TO_SERVICE.test(words);
    default:
      return !SECRET_COMMANDS.has(name) && !TO_SERVICE.test(rest);
  }
}

/** A submitted text. */
export interface Submitted {
  /** The text. */
  readonly text: string;
  /** The message that the user had chosen for it. */
  readonly choice?: MessageChoice | undefined;
}

/** The submitted texts, and the position of a user who steps through them. */
export class InputHistory {
  readonly #kept: KeptTexts | undefined;
  readonly #texts: Submitted[];
  /** The index of the text that is shown; the number of texts if the draft is shown. */
  #at: number;
  /** The text that was typed before the first step. */
  #draft: Submitted = { text: "" };

  /** Begins with the texts that are kept. */
  constructor(kept?: KeptTexts) {
    this.#kept = kept;
    this.#texts = (kept?.read() ?? []).slice(-MAX_RECALLED).map((text) => ({ text }));
    this.#at = this.#texts.length;
  }

  /**
   * Adds a submitted text; the text that is shown stays the same. A text with a choice is not kept
   * for the next time: without the choice, its command would act on another message.
   */
  add(submitted: Submitted): void {
    const { text, choice } = submitted;
    const last = this.#texts.at(-1);
    if (last?.text === text && isSameChoice(last.choice, choice)) return;
    if (this.#at === this.#texts.length) this.#at++;
    this.#texts.push(submitted);
    if (!choice && isKept(text)) this.#kept?.add(text);
    if (this.#texts.length <= MAX_RECALLED) return;
    this.#texts.shift();
    this.#at = Math.max(0, this.#at - 1);
  }

  /** Goes back to the end, after the latest text. */
  reset(): void {
    this.#at = this.#texts.length;
  }

  /**
   * Goes one `step` from the shown text, and returns the text there; undefined at the ends. If the
   * draft was shown, `current` is kept as the draft.
   */
  step(step: -1 | 1, current: Submitted): Submitted | undefined {
    const at = this.#at + step;
    if (at < 0 || at > this.#texts.length) return undefined;
    if (this.#at === this.#texts.length) this.#draft = current;
    this.#at = at;
    return this.#texts[at] ?? this.#draft;
  }

  /** Returns the latest text before index `before` that contains `words`, and its index. */
  find(words: string, before: number = Infinity): { found: Submitted; at: number } | undefined {
    const letters = words.toLowerCase();
    for (let at = Math.min(before, this.#texts.length) - 1; at >= 0; at--) {
      const found = this.#texts[at];
      if (found?.text.toLowerCase().includes(letters)) return { found, at };
    }
    return undefined;
  }
}
