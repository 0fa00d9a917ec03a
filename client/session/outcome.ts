/**
 * The outcomes of a command of the user, and of a text that may be sent as several lines. Performs
 * no I/O, and does not know how an outcome is found.
 *
 * @module
 */

/** The outcome of a command or a message. */
export interface Outcome {
  /** `refused` if it had no effect, `lost` if that is unknown, and `done` otherwise. */
  readonly status: "done" | "refused" | "lost";
  /** The reason; absent if the status is `done`. */
  readonly reason?: string;
  /** True if the server refused the command because it does not have it. */
  readonly isUnknown?: true;
  /** True if the server refused the command because only operators of the room may do that. */
  readonly isForOperators?: true;
  /** True if the server knows no room, user or history of the given name. */
  readonly isNoTarget?: true;
  /** The `msgid` of each message that was sent, if the server tells them. */
  readonly ids: readonly string[];
}

/** The severity of each status. The outcome of a text is the outcome of its worst line. */
const SEVERITY = { done: 0, refused: 1, lost: 2 } as const;

/** Collects the outcomes of the lines of one text, and reports the outcome of the text. */
export class Delivery {
  readonly #report: (outcome: Outcome) => void;
  #whole: Outcome = { status: "done", ids: [] };
  /** The number of lines without an outcome. */
  #open: number;

  /** Creates a delivery of `lines` lines; calls `report` once all have an outcome. */
  constructor(lines: number, report: (outcome: Outcome) => void) {
    this.#open = lines;
    this.#report = report;
  }

  /** Records that a line was divided, so that there is one more line than was counted. */
  divide(): void {
    this.#open++;
  }

  /** Takes the outcome of a line. */
  settle(part: Outcome): void {
    const isWorse = SEVERITY[part.status] > SEVERITY[this.#whole.status];
    const ids = [...this.#whole.ids, ...part.ids];
    this.#whole = { ...(isWorse ? part : this.#whole), ids };
    if (--this.#open === 0) this.#report(this.#whole);
  }
}
