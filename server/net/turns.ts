/**
 * Waits until the server has caught up with its sockets, however busy it is.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/**
 * The number of sockets that are read in one turn of the event loop, at the least. The runtime finishes at
 * most 128 reads and writes in a turn, and each connection may have several of them.
 */
const READS_PER_TURN = 16;
/** The turns for what else happens in one, such as new connections. */
const MORE_TURNS = 8;

/** The longest time that catching up takes while the server is not busy, in milliseconds. */
const BUSY_MS = 500;

/**
 * Resolves once everything has been read that had arrived on `connections` connections, the ends of
 * connections included: timers alone would count the time that the server was busy. Resolves to true if it
 * was busy.
 */
export async function caughtUp(connections: number): Promise<boolean> {
  const start = performance.now();
  const turns = Math.ceil(connections / READS_PER_TURN) + MORE_TURNS;
  for (let turn = 0; turn < turns; turn++) {
    await new Promise<void>((resolve) => setImmediate(() => resolve()));
  }
  return performance.now() - start > BUSY_MS;
}
