/**
 * Sends the replies to one client's commands. Replies that need a label or a batch are held until
 * the command is done; all others are sent at once. Does not know the content of replies.
 *
 * Sources: https://ircv3.net/specs/extensions/labeled-response,
 * https://ircv3.net/specs/extensions/batch
 *
 * @module
 */

import type { Message, Tags } from "../../protocol.ts";

/** The line that opens a batch. */
export interface BatchOpening {
  /** The type of the batch. */
  readonly type: string;
  /** The parameters after the type. */
  readonly params?: readonly string[];
  /** The tags of the line. */
  readonly tags?: Tags;
}

/** The replies to one client. */
export class ResponseBuffer {
  readonly #source: string;
  readonly #write: (message: Message) => void;
  readonly #afterwards: (action: () => void) => void;
  #held: Message[] | undefined;
  #label: string | undefined;
  #batches = 0;

  /**
   * Sends replies by `write`, in the name of the server called `source`. `afterwards` calls an
   * action once all replies that a command has made so far have been passed to {@linkcode send}.
   */
  constructor(
    source: string,
    write: (message: Message) => void,
    afterwards: (action: () => void) => void = (action) => action(),
  ) {
    this.#source = source;
    this.#write = write;
    this.#afterwards = afterwards;
  }

  /** True while messages are held, as part of a response. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Sends a message, or holds it as part of the current response. */
  send(message: Message): void {
    if (this.#held) this.#held.push(message);
    else this.#write(message);
  }

  /**
   * Runs `action` and sends its replies as one labeled response: an ACK for none, a labeled
   * message for one, a batch for more if the client `hasBatches`.
   */
  labeled(label: string, hasBatches: boolean, action: () => void): void {
    this.#label = label;
    this.#hold(action, (replies) => this.#sendLabeled(label, hasBatches, replies));
  }

  #sendLabeled(label: string, hasBatches: boolean, replies: readonly Message[]): void {
    if (this.takeLabel() === undefined) return replies.forEach(this.#write);
    const [first] = replies;
    if (first === undefined) return this.#write(tagged(this.#message("ACK")));
    if (replies.length === 1 || !hasBatches || isOneBatch(replies)) {
      this.#write(tagged(first));
      return replies.slice(1).forEach(this.#write);
    }
    const batch = this.#newBatch();
    this.#write(tagged(this.#message("BATCH", `+${batch}`, "labeled-response")));
    for (const message of replies) this.#write(inside(message, batch));
    this.#write(this.#message("BATCH", `-${batch}`));

    function tagged(message: Message): Message {
      return withTag(message, "label", label);
    }
  }

  /** Runs `action` and sends its replies as one batch, which begins as `opening` says. */
  batch({ type, params = [], tags }: BatchOpening, action: () => void): void {
    this.#hold(action, (replies) => {
      const batch = this.#newBatch();
      const opening = this.#message("BATCH", `+${batch}`, type, ...params);
      this.send(tags ? { ...opening, tags } : opening);
      for (const message of replies) this.send(inside(message, batch));
      this.send(this.#message("BATCH", `-${batch}`));
    });
  }

  /** Takes the label from the current command, whose response is sent later under that label. */
  takeLabel(): string | undefined {
    const label = this.#label;
    this.#label = undefined;
    return label;
  }

  /** Runs `action`, and then calls `release` with the messages that it has sent. */
  #hold(action: () => void, release: (held: readonly Message[]) => void): void {
    const outer = this.#held;
    const held: Message[] = [];
    this.#held = held;
    try {
      action();
    } finally {
      this.#afterwards(() => this.#held = outer);
    }
    this.#afterwards(() => release(held));
  }

  #message(command: string, ...params: readonly string[]): Message {
    return { source: this.#source, command, params };
  }

  #newBatch(): string {
    return `r${(this.#batches++).toString(36)}`;
  }
}

/** Returns a message as part of a batch, unless it is part of an inner batch. */
function inside(message: Message, batch: string): Message {
  return message.tags?.has("batch") ? message : withTag(message, "batch", batch);
}

/** Returns true if `messages` are one batch, whose opening can have the label. */
function isOneBatch(messages: readonly Message[]): boolean {
  const [first, last] = [messages[0], messages.at(-1)];
  const reference = first?.command === "BATCH" ? first.params[0]?.slice(1) : undefined;
  return reference !== undefined && last?.command === "BATCH" && last.params[0] === `-${reference}`;
}

function withTag(message: Message, key: string, value: string): Message {
  return { ...message, tags: new Map([...message.tags ?? [], [key, value]]) };
}
