/**
 * Reads the rows of the table `block`. A damaged row stays in the database, is reported once, and
 * is left out; other rows are still read.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { type EventId, isEventId } from "../events/ids.ts";
import { readBlock } from "./blocks.ts";
import { isIntact, type Row } from "./checksums.ts";
import type { Report } from "./trouble.ts";

/** The reader of the blocks of one database. */
export class BlockRows {
  readonly #report: Report;
  /** The numbers of the damaged blocks that were reported. */
  readonly #reported = new Set<number>();

  /** Passes damage to `report`. */
  constructor(report: Report) {
    this.#report = report;
  }

  /**
   * Returns the events of a block; `undefined` if the block is damaged. The column `place` has the
   * number of the block's history. If the parameter `place` is given, a block of any other history
   * counts as damaged.
   */
  read(row: Row, place: number = Number(row["place"])): Event[] | undefined {
    if (row["place"] === place && isIntact("block", row)) {
      try {
        return readBlock(String(row["events"]));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    this.#reportOnce(Number(row["number"]));
    return undefined;
  }

  /** Returns the id of the last event of a block; `undefined` if the block is damaged. */
  lastId(row: Row): EventId | undefined {
    const last = row["last"];
    if (typeof last === "string" && isEventId(last) && isIntact("block", row)) return last;
    this.#reportOnce(Number(row["number"]));
    return undefined;
  }

  #reportOnce(block: number): void {
    if (this.#reported.has(block)) return;
    this.#reported.add(block);
    this.#report("a block of history is damaged and left out", { block });
  }
}
