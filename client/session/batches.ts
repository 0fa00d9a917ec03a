/**
 * The batches that a server has open (https://ircv3.net/specs/extensions/batch): which line of ours
 * their messages answer, and which of them are pages of what was said before. Pure.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** Batches that may be open at once; what a server opens beyond is not tracked. */
const MAX_BATCHES = 100;

/** With whom, and where, something was said. */
const TARGETS = "draft/chathistory-targets";

/** Batches about the past: a page of history, what was searched for, and where there is more. */
const PAST_BATCHES: ReadonlySet<string> = new Set(["chathistory", "soju.im/search", TARGETS]);

/** Messages that such a batch may have; what a server sends beyond is left out. */
const MAX_PAST = 1000;

/** A batch that the server has opened and not closed yet. */
interface Batch {
  /** The label it answers. */
  readonly label: string | undefined;
  /** What it tells of the past, if it is about that; of `room`, where it is a page of history. */
  readonly past:
    | { readonly type: string; readonly room: string; readonly messages: Message[] }
    | undefined;
}

/** Whom messages are handed on to. */
export interface MessageReceiver {
  /** A message that concerns people; `label` names the line of ours that it answers. */
  message(message: Message, label: string | undefined): void;
  /** A page of what was said in `room` before, in order; or, without a room, what was searched for. */
  history(room: string, messages: readonly Message[]): void;
  /** With whom, and in which rooms, something was said: a `CHATHISTORY TARGETS` for each. */
  targets(messages: readonly Message[]): void;
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
    const past = this.#open.get(message.tags?.get("batch") ?? "")?.past;
    if (!past) return this.#receiver.message(message, this.#labelOf(message));
    if (past.messages.length < MAX_PAST) past.messages.push(message);
  }

  /** A batch's label counts for all in it (labeled-response, "Responses"). */
  #labelOf({ tags }: Message): string | undefined {
    return tags?.get("label") ?? this.#open.get(tags?.get("batch") ?? "")?.label;
  }

  #batch(message: Message): void {
    const [reference = "", type = "", room = ""] = message.params;
    const name = reference.slice(1);
    if (reference.startsWith("+")) {
      const past = PAST_BATCHES.has(type) ? { type, room, messages: [] } : undefined;
      const batch = { label: this.#labelOf(message), past };
      if (this.#open.size < MAX_BATCHES) this.#open.set(name, batch);
      return;
    }
    const batch = this.#open.get(name);
    this.#open.delete(name);
    if (batch?.past?.type === TARGETS) this.#receiver.targets(batch.past.messages);
    else if (batch?.past) this.#receiver.history(batch.past.room, batch.past.messages);
    // The end of an empty batch is an answer too.
    if (batch?.label !== undefined) this.#receiver.message(message, batch.label);
  }
}
