/**
 * Keeps the texts that were typed in a conversation and not sent, while the user is in another one. Pure.
 *
 * @module
 */

import type { Buffer } from "../session/buffers.ts";
import type { Draft, Editor } from "./editor.ts";

/** The drafts of one window. */
export class Drafts {
  readonly #editor: Editor;
  /** The drafts by the buffer's name in lower case. */
  readonly #drafts = new Map<string, Draft>();
  /** The buffer that the typed text is for. */
  #typedIn: Buffer | undefined;

  /** Takes drafts from `editor`, and puts them back into it. */
  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** Makes `buffer` the one that the user types in. */
  typeIn(buffer: Buffer): void {
    const before = this.#typedIn;
    this.#typedIn = buffer;
    if (!before || before === buffer) return;
    const draft = this.#editor.exchange(this.#drafts.get(buffer.name.toLowerCase()));
    this.#drafts.delete(buffer.name.toLowerCase());
    if (draft.before + draft.after !== "") this.#drafts.set(before.name.toLowerCase(), draft);
  }
}
