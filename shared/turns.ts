/**
 * Runs actions in later turns of the event loop.
 *
 * @module
 */

import { clearImmediate, setImmediate } from "node:timers";
import type { Cancel } from "./clock.ts";

/**
 * The number of turns of the event loop before the timer. The runtime needs some turns to read what
 * has come: it notices that sockets can be read, reads, and passes the bytes on. Each turn costs
 * processor time.
 */
const READING_TURNS = 2;

/**
 * Runs `action` after the runtime has read from all sockets. The runtime looks for input while it
 * waits for a timer. With `setImmediate` alone, it does not wait, and looks only once in 61 turns.
 * With a timer alone, it does not wait either if the rest of this turn takes longer than the timer.
 */
export function afterInput(action: () => void): Cancel {
  let cancel: Cancel = () => {};
  const wait = (turns: number): void => {
    if (turns === 0) {
      const timer = setTimeout(action, 0);
      cancel = () => clearTimeout(timer);
    } else {
      const next = setImmediate(() => wait(turns - 1));
      cancel = () => clearImmediate(next);
    }
  };
  wait(READING_TURNS);
  return () => cancel();
}

/** The approximate time of one slice, in milliseconds. */
const SLICE_MS = 2;

/**
 * Calls `action` with each of `items`, in slices: the first slice at once, and each further slice
 * in a later turn of the event loop, after the input of that turn. `action` must not throw. Call
 * the result to stop.
 */
export function inSlices<T>(items: Iterable<T>, action: (item: T) => void): Cancel {
  const rest = items[Symbol.iterator]();
  let cancel: Cancel = () => {};
  const slice = () => {
    for (const end = performance.now() + SLICE_MS; performance.now() < end;) {
      const { value, done } = rest.next();
      if (done) return;
      action(value);
    }
    cancel = afterInput(slice);
  };
  slice();
  return () => cancel();
}
