/**
 * Writes text to a sink that may be slow. Text that arrives during a write is joined for the next
 * write, so a thousand lines take few writes. Producers can wait until the sink has caught up.
 *
 * @module
 */

import type { Sink } from "./stdio.ts";

/**
 * The number of queued UTF-16 units from which producers wait. It is small because a typed
 * character is shown only after all queued text.
 */
const MAX_QUEUED = 64 * 1024;

const encoder = new TextEncoder();

/** A writer that joins all waiting text into one write. */
export class Output {
  readonly #sink: Sink;
  #queued = "";
  #writing: Promise<void> | undefined;
  #caughtUp: PromiseWithResolvers<void> | undefined;
  readonly #broken: PromiseWithResolvers<unknown> = Promise.withResolvers();
  #isBroken = false;
  /** The error of the write that has failed; undefined if none has. */
  failure: unknown;

  /** Makes a writer to `sink`. */
  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Resolves to the error if a write fails; all later text is dropped. */
  get broken(): Promise<unknown> {
    return this.#broken.promise;
  }

  /** Queues `text`, which is written at the end of this turn, with other text of the turn. */
  write(text: string): void {
    if (this.#isBroken) return;
    this.#queued += text;
    this.#writing ??= this.#write();
  }

  /** Resolves when the sink has caught up; returns `undefined` unless too much text is queued. */
  ready(): Promise<void> | undefined {
    if (this.#queued.length < MAX_QUEUED) return undefined;
    this.#caughtUp ??= Promise.withResolvers();
    return this.#caughtUp.promise;
  }

  /** Resolves when all text is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Lets the rest of the turn add text.
    await Promise.resolve();
    try {
      while (this.#queued !== "") {
        let bytes = encoder.encode(this.#queued);
        this.#queued = "";
        while (bytes.length > 0) bytes = bytes.subarray(await this.#sink.write(bytes));
      }
    } catch (error) {
      // The reader of a pipe has left, the terminal was closed, or the disk is full.
      this.#isBroken = true;
      this.failure = error;
      this.#queued = "";
      this.#broken.resolve(error);
    }
    this.#writing = undefined;
    this.#caughtUp?.resolve();
    this.#caughtUp = undefined;
  }
}
