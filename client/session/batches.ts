/**
 * Tracks the open batches of a server, which are groups of messages
 * (https://ircv3.net/specs/extensions/batch). Finds the label of the line that their messages
 * answer, collects pages of history, and joins the parts of a message of several lines. Performs no
 * I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { joined, MULTILINE } from "./multiline.ts";

/** The largest number of open batches; more are not tracked. */
const MAX_BATCHES = 100;

/** The type of a batch with the targets of CHATHISTORY TARGETS. */
const TARGETS = "draft/chathistory-targets";

/**
 * Types of batches that are delivered as a whole: history, search results, targets and messages of
 * several lines.
 */
const COLLECTED_BATCHES: ReadonlySet<string> = new Set([
  "chathistory",
  "soju.im/search",
  // https://wiki.znc.in/Playback
  "znc.in/playback",
  TARGETS,
  MULTILINE,
]);

/**
 * The tag of a batch after which the history has no more messages in the direction of the request
 * (https://ircv3.net/specs/extensions/chathistory, "`draft/chathistory-end` tag"). No capability
 * tells that a server sends this tag.
 */
const END_TAG = "draft/chathistory-end";

/** The largest number of messages collected from a batch; more are dropped. */
const MAX_COLLECTED = 1000;

/** The messages of a batch that is delivered as a whole. */
interface Collected {
  /** The reference of the batch, without the `+` before it. */
  readonly name: string;
  readonly type: string;
  /** The first parameter after the type: the room or nick of a history; empty if there is none. */
  readonly room: string;
  /** The message that began the batch. */
  readonly opening: Message;
  readonly messages: Message[];
}

/** An open batch. */
interface Batch {
  /** The label of the command that it answers. */
  readonly label: string | undefined;
  /**
   * The collection that its messages join. A batch in another batch has the collection of the outer
   * batch, unless it is one message of several lines.
   */
  readonly collected: Collected | undefined;
}

/** The receiver of messages. */
export interface MessageReceiver {
  /** Takes a message; `label` is the label of the line that it answers, if any. */
  message(message: Message, label: string | undefined): void;
  /**
   * Takes a page of the history of `room`, in order. The results of a search have an empty `room`.
   * `label` is the label of the line that it answers, if any. `isEnd` is true if there are no more
   * messages in the direction of the request, and undefined if the server does not say.
   */
  history(
    room: string,
    messages: readonly Message[],
    label: string | undefined,
    isEnd: boolean | undefined,
  ): void;
  /**
   * Takes the rooms and nicks that have new messages: a message `CHATHISTORY TARGETS` for each.
   * `isEnd` is as in {@linkcode history}.
   */
  targets(messages: readonly Message[], isEnd: boolean | undefined): void;
}

/** The open batches of one connection. */
export class Batches {
  readonly #receiver: MessageReceiver;
  readonly #open = new Map<string, Batch>();
  /** True once the server has marked the end of a history. */
  #marksEnds = false;

  /** Creates the batches of a new connection; none is open. */
  constructor(receiver: MessageReceiver) {
    this.#receiver = receiver;
  }

  /** Delivers `message`, or collects it if its batch is delivered as a whole. */
  take(message: Message): void {
    if (message.command === "BATCH") return this.#batch(message);
    this.#deliver(message, this.#labelOf(message));
  }

  #deliver(message: Message, label: string | undefined): void {
    const collected = this.#open.get(message.tags?.get("batch") ?? "")?.collected;
    if (!collected) return this.#receiver.message(message, label);
    if (collected.messages.length < MAX_COLLECTED) collected.messages.push(message);
  }

  /**
   * Returns the label of `message` or of its batch
   * (https://ircv3.net/specs/extensions/labeled-response).
   */
  #labelOf({ tags }: Message): string | undefined {
    return tags?.get("label") ?? this.#open.get(tags?.get("batch") ?? "")?.label;
  }

  #batch(message: Message): void {
    const [reference = "", type = "", room = ""] = message.params;
    const name = reference.slice(1);
    if (reference.startsWith("+")) {
      const outer = this.#open.get(message.tags?.get("batch") ?? "")?.collected;
      const own = COLLECTED_BATCHES.has(type)
        ? { name, type, room, opening: message, messages: [] }
        : undefined;
      // The lines of one message are joined before the message becomes part of a page of history.
      const collected = type === MULTILINE ? own : outer ?? own;
      const batch = { label: this.#labelOf(message), collected };
      if (this.#open.size < MAX_BATCHES) this.#open.set(name, batch);
      return;
    }
    const batch = this.#open.get(name);
    this.#open.delete(name);
    const collected = batch?.collected?.name === name ? batch.collected : undefined;
    if (collected?.type === MULTILINE) {
      const whole = joined(collected.opening, collected.messages);
      if (whole) return this.#deliver(whole, batch?.label);
    } else if (collected?.type === TARGETS) {
      this.#receiver.targets(collected.messages, this.#isEnd(collected));
    } else if (collected) {
      const { room, messages } = collected;
      this.#receiver.history(room, messages, batch?.label, this.#isEnd(collected));
    }
    // The receiver gets the end of a batch, too: if the batch is empty, nothing else answers the
    // line.
    if (batch?.label !== undefined) this.#receiver.message(message, batch.label);
  }

  /**
   * Returns true for the last page of a history, which the server may mark. Once it has marked a
   * page, an empty page is a last page, too. Returns undefined if it has marked no page so far.
   */
  #isEnd({ type, opening, messages }: Collected): boolean | undefined {
    if (type !== "chathistory" && type !== TARGETS) return undefined;
    if (opening.tags?.has(END_TAG)) return this.#marksEnds = true;
    return this.#marksEnds ? messages.length === 0 : undefined;
  }
}
