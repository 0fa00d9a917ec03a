/**
 * Text to a sink that may be slow: what comes while a write is under way goes with the next, so that
 * a thousand lines are one write; and whoever produces can wait until the sink has caught up.
 *
 * @module
 */

import type { Sink } from "./stdio.ts";

/** UTF-16 units that may wait before producers are to. */
const BACKLOG = 256 * 1024;

const encoder = new TextEncoder();

/** A coalescing writer. */
export class Output {
  readonly #sink: Sink;
  #waiting = "";
  #writing: Promise<void> | undefined;
  #caughtUp: PromiseWithResolvers<void> | undefined;
  readonly #broken: PromiseWithResolvers<unknown> = Promise.withResolvers();
  #isBroken = false;

  /** Writes to `sink`. */
  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Resolves to the error when the sink takes no more; what is written then goes nowhere. */
  get broken(): Promise<unknown> {
    return this.#broken.promise;
  }

  /** Queues `text`; it is written at the end of this turn, together with what follows. */
  write(text: string): void {
    if (this.#isBroken) return;
    this.#waiting += text;
    this.#writing ??= this.#write();
  }

  /** Where too much waits to be written: resolves when it is. */
  ready(): Promise<void> | undefined {
    if (this.#waiting.length < BACKLOG) return undefined;
    this.#caughtUp ??= Promise.withResolvers();
    return this.#caughtUp.promise;
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Lets the rest of the turn add to it.
    await Promise.resolve();
    try {
      while (this.#waiting !== "") {
        let bytes = encoder.encode(this.#waiting);
        this.#waiting = "";
        while (bytes.length > 0) bytes = bytes.subarray(await this.#sink.write(bytes));
      }
    } catch (error) {
      // A pipe whose reader has left, a terminal that was closed, a full disk.
      this.#isBroken = true;
      this.#waiting = "";
      this.#broken.resolve(error);
    }
    this.#writing = undefined;
    this.#caughtUp?.resolve();
    this.#caughtUp = undefined;
  }
}
