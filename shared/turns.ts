/**
 * Runs actions in later turns of the event loop.
 *
 * @module
 */

import { clearImmediate, setImmediate } from "node:timers";
import type { Cancel } from "./clock.ts";

/**
 * The number of turns of the event loop that {@linkcode afterInput} waits before it sets its timer.
 * The runtime needs some turns to read what has come: it notices that sockets can be read, reads,
 * and passes the bytes on. Each turn costs processor time.
 */
const READING_TURNS = 2;

/**
 * The time by which the timer of {@linkcode afterInput} may be late, in milliseconds. If it is
 * later, other work was done until then, and the runtime may not have waited for the timer.
 */
const LATE_MS = 0.5;

/**
 * Runs `action` after the runtime has read from all sockets. The runtime looks for input while it
 * waits for a timer. With `setImmediate` alone, it does not wait, and looks only once in 61 turns.
 * With a timer alone, it does not wait either if the rest of this turn takes longer than the timer.
 * If other work has taken that long, the timer is set again, up to `timers` times in all.
 */
export function afterInput(action: () => void, timers = 1): Cancel {
  let cancel: Cancel = () => {};
  const waitTurns = (turns: number): void => {
    if (turns === 0) return waitTimers(timers);
    const next = setImmediate(() => waitTurns(turns - 1));
    cancel = () => clearImmediate(next);
  };
  const waitTimers = (left: number): void => {
    const due = performance.now() + 1;
    const timer = setTimeout(() => {
      if (left > 1 && performance.now() - due > LATE_MS) waitTimers(left - 1);
      else action();
    }, 1);
    cancel = () => clearTimeout(timer);
  };
  waitTurns(READING_TURNS);
  return () => cancel();
}

/** The approximate time of one slice, in milliseconds. */
const SLICE_MS = 2;

/**
 * Calls `action` with each of `items`, in slices: the first slice at once, and each further slice
 * in a later turn of the event loop, after the input of that turn. Each slice takes at least one
 * item, however slow the machine is. `action` must not throw. Call the result to stop.
 */
export function inSlices<T>(items: Iterable<T>, action: (item: T) => void): Cancel {
  const rest = items[Symbol.iterator]();
  let cancel: Cancel = () => {};
  const slice = () => {
    const end = performance.now() + SLICE_MS;
    do {
      const { value, done } = rest.next();
      if (done) return;
      action(value);
    } while (performance.now() < end);
    cancel = afterInput(slice);
  };
  slice();
  return () => cancel();
}

/**
 * Lets a limited number of callers pass in each turn of the event loop; the others wait for later
 * turns.
 */
export class Gate {
  readonly #perTurn: number;
  #passed = 0;
  readonly #waiting: (() => void)[] = [];

  /** Lets `perTurn` callers pass in one turn. */
  constructor(perTurn: number) {
    this.#perTurn = perTurn;
  }

  /** Resolves when the caller may go on; returns nothing if it may at once. */
  pass(): Promise<void> | undefined {
    if (this.#waiting.length === 0) {
      if (this.#passed === 0) setImmediate(() => this.#passed = 0);
      if (this.#passed++ < this.#perTurn) return undefined;
      afterInput(() => this.#turn());
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #turn(): void {
    for (const pass of this.#waiting.splice(0, this.#perTurn)) pass();
    if (this.#waiting.length > 0) afterInput(() => this.#turn());
  }
}
