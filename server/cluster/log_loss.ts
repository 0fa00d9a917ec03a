/**
 * Recognizes that NATS has lost entries of the log that this process has applied. Performs no I/O.
 *
 * @module
 */

import type { Message } from "./messages.ts";
import type { Standing } from "./standing.ts";

/**
 * The number of refusals, about a second apart, after which a loss is certain. A NATS server that
 * was just elected may not know all entries yet.
 */
const REFUSALS = 10;

/** The signs of a loss. */
export class LogLoss {
  /** The number of refusals in a row by a log that seems to lack entries. */
  #refusals = 0;

  /**
   * Notes that a log whose last entry is `last` has refused an entry, while this process has
   * applied the entries up to `applied`. Returns true if a loss is certain now.
   */
  isCertain(last: number, applied: number): boolean {
    this.#refusals = last < applied ? this.#refusals + 1 : 0;
    return this.#refusals >= REFUSALS;
  }

  /**
   * Returns true if a heartbeat shows that the leader follows another log than this process. In
   * that case, this process has applied another entry in the place of the one that began the
   * leader's epoch. `applied` is the number of the last entry that this process has applied.
   */
  isShownBy(
    { epoch, leader, last }: Extract<Message, { type: "heartbeat" }>,
    here: Pick<Standing, "epoch" | "leader">,
    applied: number,
  ): boolean {
    if (epoch === here.epoch) return leader !== here.leader;
    return epoch > here.epoch && last <= applied;
  }
}
