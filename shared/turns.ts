/**
 * Runs actions in later turns of the event loop.
 *
 * @module
 */

import type { Cancel } from "./clock.ts";

/**
 * Runs `action` after the runtime has read from all sockets. The runtime reads while it waits for a
 * timer. With `setImmediate`, it does not wait, and reads only once in 61 turns.
 */
export function afterInput(action: () => void): Cancel {
  const timer = setTimeout(action, 0);
  return () => clearTimeout(timer);
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
