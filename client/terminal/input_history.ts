/**
 * The texts that the user has submitted: to step through, and to search. Performs no I/O; the place
 * where they are kept for the next time is passed in.
 *
 * @module
 */

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
 * Texts that are not kept: texts that begin with a space, as in many shells, and commands that may
 * contain a password or a code.
 */
const SECRET =
  /^\s|^[/／](?:link|own|redeem|oper|pass|identify|login|register)\b|^[/／]quote\s+(?:pass|oper|authenticate|redeem|link|register|verify|webirc|nickserv|ns)\b|^[/／]connect\s+\S+\s+\S|token=|^[/／](?:msg|query|quote\s+privmsg)\s+\S*serv\b|\b(?:identify|setpass)\s+\S/i;

/** Returns true if `text` may be kept on the disk. */
export function isKept(text: string): boolean {
  return !SECRET.test(text);
}

/** The submitted texts, and the position of a user who steps through them. */
export class InputHistory {
  readonly #kept: KeptTexts | undefined;
  readonly #texts: string[];
  /** The index of the text that is shown; the number of texts if the draft is shown. */
  #at: number;
  /** The text that was typed before the first step. */
  #draft = "";

  /** Begins with the texts that are kept. */
  constructor(kept?: KeptTexts) {
    this.#kept = kept;
    this.#texts = [...kept?.read() ?? []].slice(-MAX_RECALLED);
    this.#at = this.#texts.length;
  }

  /** Adds a submitted text. */
  add(text: string): void {
    if (this.#texts.at(-1) !== text) {
      this.#texts.push(text);
      if (isKept(text)) this.#kept?.add(text);
    }
    if (this.#texts.length > MAX_RECALLED) this.#texts.shift();
  }

  /** Goes back to the end, after the latest text. */
  reset(): void {
    this.#at = this.#texts.length;
  }

  /**
   * Goes one `step` from the shown text, and returns the text there; undefined at the ends. If the
   * draft was shown, `current` is kept as the draft.
   */
  step(step: -1 | 1, current: string): string | undefined {
    const at = this.#at + step;
    if (at < 0 || at > this.#texts.length) return undefined;
    if (this.#at === this.#texts.length) this.#draft = current;
    this.#at = at;
    return this.#texts[at] ?? this.#draft;
  }

  /** Returns the latest text before index `before` that contains `words`, and its index. */
  find(words: string, before: number = Infinity): { text: string; at: number } | undefined {
    const letters = words.toLowerCase();
    for (let at = Math.min(before, this.#texts.length) - 1; at >= 0; at--) {
      const text = this.#texts[at] ?? "";
      if (text.toLowerCase().includes(letters)) return { text, at };
    }
    return undefined;
  }
}
