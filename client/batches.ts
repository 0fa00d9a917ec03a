/**
 * The batches that a server has open (https://ircv3.net/specs/extensions/batch): which line of ours
 * their messages answer, and which of them are pages of what was said before. Pure.
 *
 * @module
 */

import type { Message } from "../protocol.ts";

/** Batches that may be open at once; what a server opens beyond is not tracked. */
const MAX_BATCHES = 100;

/** Batches of what was said before: a page of history, and what was searched for. */
const PAST_BATCHES: ReadonlySet<string> = new Set(["chathistory", "soju.im/search"]);

/** Messages that one page of history may have; what a server sends beyond is left out. */
const MAX_HISTORY = 1000;

/** A batch that the server has opened and not closed yet. */
interface Batch {
  /** The label it answers. */
  readonly label: string | undefined;
  /** The messages of the room's history that it is, if it is that. */
  readonly history: { readonly room: string; readonly messages: Message[] } | undefined;
}

/** Whom messages are handed on to. */
export interface MessageReceiver {
  /** A message that concerns people; `label` names the line of ours that it answers. */
  message(message: Message, label: string | undefined): void;
  /** A page of what was said in `room` before, in order; or, without a room, what was searched for. */
  history(room: string, messages: readonly Message[]): void;
}

/** The open batches of one connection. */
export class Batches {
  readonly #receiver: MessageReceiver;
  readonly #open = new Map<string, Batch>();

  /** None is open yet. */
  constructor(receiver: MessageReceiver) {
    this.#receiver = receiver;
  }

  /** Hands `message` on, as what it is in the batch that it belongs to, if any. */
  take(message: Message): void {
    if (message.command === "BATCH") return this.#batch(message);
    const history = this.#open.get(message.tags?.get("batch") ?? "")?.history;
    if (!history) return this.#receiver.message(message, this.#labelOf(message));
    if (history.messages.length < MAX_HISTORY) history.messages.push(message);
  }

  /** A batch's label counts for all in it (labeled-response, "Responses"). */
  #labelOf({ tags }: Message): string | undefined {
    return tags?.get("label") ?? this.#open.get(tags?.get("batch") ?? "")?.label;
  }

  #batch(message: Message): void {
    const [reference = "", type = "", room = ""] = message.params;
    const name = reference.slice(1);
    if (reference.startsWith("+")) {
      const history = PAST_BATCHES.has(type) ? { room, messages: [] } : undefined;
      const batch = { label: this.#labelOf(message), history };
      if (this.#open.size < MAX_BATCHES) this.#open.set(name, batch);
      return;
    }
    const batch = this.#open.get(name);
    this.#open.delete(name);
    if (batch?.history) this.#receiver.history(batch.history.room, batch.history.messages);
    // The end of an empty batch is an answer too.
    if (batch?.label !== undefined) this.#receiver.message(message, batch.label);
  }
}
