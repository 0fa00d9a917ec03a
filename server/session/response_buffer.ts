/**
 * How one client's commands are answered: what a command says is held until it is over where it is to
 * go under a label or in a batch, and goes out at once elsewhere. Knows nothing of what is said.
 *
 * Sources: https://ircv3.net/specs/extensions/labeled-response, https://ircv3.net/specs/extensions/batch
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** What one client is answered; see the module. */
export class ResponseBuffer {
  readonly #source: string;
  readonly #write: (message: Message) => void;
  readonly #afterwards: (action: () => void) => void;
  #held: Message[] | undefined;
  #label: string | undefined;
  #batches = 0;

  /**
   * Makes answers of the server called `source`, which go out by `write`. `afterwards` calls an action
   * when all that a command has said so far has been sent here.
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

  /** Whether what is sent now is held, as part of an answer. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Sends a message, or holds it as part of the answer being made. */
  send(message: Message): void {
    if (this.#held) this.#held.push(message);
    else this.#write(message);
  }

  /**
   * Does `action` and sends what it answers as one labelled response: an ACK for none, a labelled
   * message for one, a batch for more if the client `knowsBatches`.
   */
  labelled(label: string, knowsBatches: boolean, action: () => void): void {
    this.#label = label;
    this.#hold(action, (answer) => this.#answerLabel(label, knowsBatches, answer));
  }

  #answerLabel(label: string, knowsBatches: boolean, answer: readonly Message[]): void {
    if (this.takeLabel() === undefined) return answer.forEach(this.#write);
    const [first] = answer;
    if (first === undefined) return this.#write(tagged(this.#message("ACK")));
    if (answer.length === 1 || !knowsBatches || isOneBatch(answer)) {
      this.#write(tagged(first));
      return answer.slice(1).forEach(this.#write);
    }
    const batch = this.#newBatch();
    this.#write(tagged(this.#message("BATCH", `+${batch}`, "labeled-response")));
    for (const message of answer) this.#write(inside(message, batch));
    this.#write(this.#message("BATCH", `-${batch}`));

    function tagged(message: Message): Message {
      return withTag(message, "label", label);
    }
  }

  /** Sends what `action` answers as one batch of that type, with these parameters. */
  batch(type: string, params: readonly string[], action: () => void): void {
    this.#hold(action, (answer) => {
      const batch = this.#newBatch();
      this.send(this.#message("BATCH", `+${batch}`, type, ...params));
      for (const message of answer) this.send(inside(message, batch));
      this.send(this.#message("BATCH", `-${batch}`));
    });
  }

  /** Takes the label from the command being answered: its answer will be another's. */
  takeLabel(): string | undefined {
    const label = this.#label;
    this.#label = undefined;
    return label;
  }

  /** Does `action`, and then calls `release` with what it has sent meanwhile. */
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

/** A message as part of a batch, unless it is part of another inside that. */
function inside(message: Message, batch: string): Message {
  return message.tags?.has("batch") ? message : withTag(message, "batch", batch);
}

/** Whether `messages` are a batch already, whose opening can carry the label. */
function isOneBatch(messages: readonly Message[]): boolean {
  const [first, last] = [messages[0], messages.at(-1)];
  const reference = first?.command === "BATCH" ? first.params[0]?.slice(1) : undefined;
  return reference !== undefined && last?.command === "BATCH" && last.params[0] === `-${reference}`;
}

function withTag(message: Message, key: string, value: string): Message {
  return { ...message, tags: new Map([...message.tags ?? [], [key, value]]) };
}
