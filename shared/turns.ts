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
