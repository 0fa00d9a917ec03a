/**
 * Sends the replies to one client's commands. If the replies to a command need a label or a batch,
 * they are held until the command is done; all other replies are sent at once. Does not know the
 * content of replies.
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

/** An incomplete answer to a command: the rest of it is made later. */
export interface Interrupted {
  /** Its open batches, the innermost last. */
  readonly open: string[];
  /** Its label; absent once a reply with the label was sent. */
  readonly label?: string | undefined;
  /** True if its outermost batch is the labeled response. */
  readonly isLabeled: boolean;
}

/** The replies to one client. */
export class ResponseBuffer {
  readonly #source: string;
  readonly #write: (message: Message) => void;
  #held: Message[] | undefined;
  #label: string | undefined;
  #batches = 0;
  /** The reference tags of the open batches of the current answer, the innermost last. */
  #open: string[] = [];
  #isHeld = false;

  /** Sends replies by `write`, in the name of the server called `source`. */
  constructor(source: string, write: (message: Message) => void) {
    this.#source = source;
    this.#write = write;
  }

  /**
   * True while messages that are sent become part of a response. Kept in a field, because it is
   * read for each client that sees an event.
   */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  #noteHeld(): void {
    this.#isHeld = this.#held !== undefined || this.#open.length > 0;
  }

  /** The number of held messages, which are not yet in the send queue. */
  get heldCount(): number {
    return this.#held?.length ?? 0;
  }

  /** Sends a message, or holds it if the current response is held. */
  send(message: Message): void {
    if (this.#held) this.#held.push(message);
    else this.#write(message);
  }

  /** Returns a message as part of the innermost batch of {@linkcode openBatch}, if there is one. */
  marked(message: Message): Message {
    const batch = this.#open.at(-1);
    return batch === undefined ? message : inside(message, batch);
  }

  /**
   * Opens a batch for {@linkcode marked} messages, and returns the message that opens it. Unlike
   * {@linkcode batch}, this method holds no messages. If nothing was sent before, the opening gets
   * the label of the answer, so the batch must contain the rest of the answer.
   */
  openBatch(opening: BatchOpening): Message {
    const batch = this.#newBatch();
    const message = this.marked(this.#opening(batch, opening));
    const label = this.#held?.length === 0 ? this.takeLabel() : undefined;
    this.#open.push(batch);
    this.#noteHeld();
    return label === undefined ? message : withTag(message, "label", label);
  }

  /** Closes the innermost open batch; returns the message to send for it. */
  closeBatch(): Message {
    const batch = this.#open.pop() ?? "";
    this.#noteHeld();
    return this.marked(this.#message("BATCH", `-${batch}`));
  }

  /**
   * Interrupts the answer to the current command; {@linkcode resume} continues it. If the answer
   * has a label and some replies are held, these are put into a batch that has the label and
   * remains open. For a client without batches, only the first reply gets the label.
   */
  interrupt(hasBatches: boolean): Interrupted {
    const open = this.#open;
    this.#open = [];
    this.#noteHeld();
    const label = this.takeLabel();
    const held = this.#held;
    if (label === undefined || !held?.length) return { open, label, isLabeled: false };
    const [first, ...rest] = held;
    if (!hasBatches && first) {
      held.splice(0, held.length, withTag(first, "label", label), ...rest);
      return { open, isLabeled: false };
    }
    const batch = this.#newBatch();
    const opening = this.#message("BATCH", `+${batch}`, "labeled-response");
    const replies = held.map((message) => inside(message, batch));
    held.splice(0, held.length, withTag(opening, "label", label), ...replies);
    return { open: [batch, ...open], isLabeled: true };
  }

  /** Continues an answer with `action`. */
  resume({ open }: Interrupted, action: () => void): void {
    this.#open = open;
    this.#noteHeld();
    try {
      action();
    } finally {
      this.#open = [];
      this.#noteHeld();
    }
  }

  /** Returns the message that closes the labeled batch of an answer, if it has one. */
  finish({ open, isLabeled }: Interrupted): Message | undefined {
    const batch = isLabeled ? open[0] : undefined;
    return batch === undefined ? undefined : this.#message("BATCH", `-${batch}`);
  }

  /**
   * Runs `action` and sends its replies as one labeled response. If there are no replies, the
   * response is an ACK; a single reply gets the label itself. Several replies are sent in a labeled
   * batch if the client `hasBatches`; otherwise, only the first of them has the label.
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

  /** Runs `action` and sends its replies as one batch, which begins with `opening`. */
  batch(opening: BatchOpening, action: () => void): void {
    this.#hold(action, (replies) => {
      const batch = this.#newBatch();
      this.send(this.#opening(batch, opening));
      for (const message of replies) this.send(inside(message, batch));
      this.send(this.#message("BATCH", `-${batch}`));
    });
  }

  /**
   * Takes the label from the current command and returns it, so that a later response can have it.
   */
  takeLabel(): string | undefined {
    const label = this.#label;
    this.#label = undefined;
    return label;
  }

  /** Runs `action`, and then calls `release` with the messages that it has sent. */
  #hold(action: () => void, release: (held: readonly Message[]) => void): void {
    const outer = this.#held;
    const held: Message[] = [];
    this.#setHeld(held);
    try {
      action();
    } finally {
      this.#setHeld(outer);
    }
    release(held);
  }

  #setHeld(held: Message[] | undefined): void {
    this.#held = held;
    this.#noteHeld();
  }

  #opening(batch: string, { type, params = [], tags }: BatchOpening): Message {
    const message = this.#message("BATCH", `+${batch}`, type, ...params);
    return tags ? { ...message, tags } : message;
  }

  #message(command: string, ...params: readonly string[]): Message {
    return { source: this.#source, command, params };
  }

  #newBatch(): string {
    return `r${(this.#batches++).toString(36)}`;
  }
}

/**
 * Returns a message as part of a batch. A message that is already part of an inner batch stays as
 * it is.
 */
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
