/**
 * Keeps the last message that the user has read in each conversation of each server. The file has
 * one line for each conversation: the server, the name, and the time and the id of the message. The
 * file is only a convenience, so errors in reading and writing it are ignored. Opens no
 * connections.
 *
 * @module
 */

import { type Clock, systemClock } from "../../shared/clock.ts";
import {
  asPosition,
  isFromFuture,
  type KnownPositions,
  type Position,
} from "../session/reading.ts";
import { readWords, replaceFile } from "./folder.ts";

/** The largest number of conversations to keep for a server; those read last remain. */
const MAX_KEPT = 500;

/**
 * The positions at one server. The file is read each time, because several clients may run at once.
 */
export class Positions implements KnownPositions {
  readonly #path: string;
  readonly #address: string;
  readonly #clock: Pick<Clock, "now">;

  /**
   * Uses the lines of the server at `address`, `HOST:PORT`, in the file at `path`, which need not
   * exist.
   */
  constructor(path: string, address: string, clock: Pick<Clock, "now"> = systemClock) {
    this.#path = path;
    this.#address = address;
    this.#clock = clock;
  }

  /** Part of {@linkcode KnownPositions}. */
  find(): ReadonlyMap<string, Position> {
    return new Map(
      readWords(this.#path).filter(([address]) => address === this.#address).flatMap(positionOf),
    );
  }

  /**
   * Part of {@linkcode KnownPositions}; of two positions, the later one remains, unless it is from
   * the future.
   */
  keep(positions: ReadonlyMap<string, Position>): void {
    const all = new Map(this.find());
    const now = this.#clock.now();
    for (const [name, position] of positions) {
      const before = all.get(name);
      if (!before || before.time <= position.time || isFromFuture(before, now)) {
        all.set(name, position);
      }
    }
    const latest = [...all].sort(([, one], [, other]) => other.time - one.time).slice(0, MAX_KEPT);
    const others = readWords(this.#path).filter(([address]) => address !== this.#address);
    const own = latest.map(([name, { time, id = "" }]) => [
      this.#address,
      encodeURIComponent(name),
      new Date(time).toISOString(),
      encodeURIComponent(id),
    ]);
    replaceFile(this.#path, [...others, ...own]);
  }
}

/** Returns the name and the position in the words of a line; none if they are damaged. */
function positionOf([, name = "", text = "", id]: readonly string[]): [string, Position][] {
  try {
    const position = asPosition(Date.parse(text), id && decodeURIComponent(id));
    return position ? [[decodeURIComponent(name), position]] : [];
  } catch {
    return [];
  }
}
