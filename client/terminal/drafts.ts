/**
 * Keeps the texts that were typed in a conversation and not sent, and the messages that were chosen
 * for them, while the user is in another conversation. Performs no I/O.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { Draft, Editor } from "./editor.ts";
import type { Network } from "./network.ts";

/** The place of a draft: a network, and the conversation in it, if there is any. */
export interface DraftPlace {
  /** The network. */
  readonly network: Network;
  /** The conversation; undefined while the network has none. */
  readonly buffer: Buffer | undefined;
}

/** The drafts of one window. */
export class Drafts {
  readonly #editor: Editor;
  /** The drafts by their buffer or, without a buffer, by their network. */
  readonly #drafts = new WeakMap<Buffer | Network, Draft>();
  /** The place that the typed text is for. */
  #typedIn: DraftPlace | undefined;

  /** Takes drafts from `editor`, and puts them back into it. */
  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /**
   * Makes `place` the place that the user types in. A conversation without a draft takes over the
   * text that was typed while its network had no conversation.
   */
  typeIn(place: DraftPlace): void {
    const before = this.#typedIn;
    this.#typedIn = place;
    if (!before || keyOf(before) === keyOf(place)) return;
    const key = this.#drafts.has(keyOf(place)) ? keyOf(place) : place.network;
    const kept = this.#drafts.get(key);
    if (before.network === place.network && !before.buffer && !kept) return;
    const draft = this.#editor.exchange(kept);
    this.#drafts.delete(key);
    if (draft.before + draft.after !== "" || draft.choice) this.#drafts.set(keyOf(before), draft);
  }

  /**
   * Records that a conversation of `network` was closed. Its text is not for another conversation;
   * Up brings it back.
   */
  closed(network: Network, buffer: Buffer): void {
    const draft = this.#drafts.get(buffer);
    this.#drafts.delete(buffer);
    if (draft) this.#editor.recallable(draft);
    if (this.#typedIn?.buffer !== buffer) return;
    this.#editor.shelve();
    this.#typedIn = { network, buffer: undefined };
  }
}

function keyOf({ network, buffer }: DraftPlace): Buffer | Network {
  return buffer ?? network;
}
