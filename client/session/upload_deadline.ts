/**
 * The deadlines of an upload: it ends if the server goes silent. Performs no I/O.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";

/** The time for a part of a file, in milliseconds. A large file may take as long as it needs. */
const PART_MS = 60_000;
/**
 * The time for the answer after the last part, in milliseconds. The system may still have megabytes
 * of the file to send then.
 */
const ANSWER_MS = 300_000;

/** Ends an upload whose next step takes too long. */
export class UploadDeadline {
  /** Aborted, with a `UserError`, when a step has taken too long. */
  readonly signal: AbortSignal;
  /** The text that tells the user which step has taken too long, if one has. */
  passed: string | undefined;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #cancel: Cancel = () => {};

  /** Creates a deadline that has no step yet. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.signal = this.#controller.signal;
  }

  /** Gives the next step `ms` milliseconds; `text` tells the user if it takes longer. */
  next(ms: number, text: string): void {
    this.stop();
    this.#cancel = this.#clock.after(ms, () => {
      this.passed = text;
      this.#controller.abort(new UserError(text));
    });
  }

  /** Gives the next part its time. */
  nextPart(): void {
    this.next(PART_MS, UPLOAD_TEXTS.stalled);
  }

  /** Gives the answer its time. */
  nextAnswer(): void {
    this.next(ANSWER_MS, UPLOAD_TEXTS.noAnswer);
  }

  /** Ends the last step. */
  stop(): void {
    this.#cancel();
  }
}
