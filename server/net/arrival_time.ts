/**
 * Limits the time that a new connection has until its first line begins.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";
import type { Arrival } from "./arrival.ts";
import { caughtUp } from "./turns.ts";

/** The settings of {@linkcode limitTime}. */
export interface TimeLimit {
  /** The clock. */
  readonly clock: Clock;
  /** The time for a peer that sends nothing, in milliseconds; any other has twice as much. */
  readonly halfMs: number;
  /** Returns the number of connections of the server. */
  connections(): number;
  /** Closes the arrival. */
  giveUp(): void;
}

/**
 * Gives `arrival` up when its time is over, unless that is canceled before. A person may have to decide
 * something first, so that is the time to register; a peer that sends nothing at all gets half of it.
 */
export function limitTime(arrival: Pick<Arrival, "hasBegun">, limit: TimeLimit): Cancel {
  const { clock, halfMs, connections, giveUp } = limit;
  let isCanceled = false;
  let cancel = clock.after(halfMs, async () => {
    cancel = clock.after(halfMs, giveUp);
    if (arrival.hasBegun) return;
    // On a busy server, what the peer has sent may not have been read yet.
    const isBusy = await caughtUp(connections());
    if (!isCanceled && !arrival.hasBegun && !isBusy) giveUp();
  });
  return () => {
    isCanceled = true;
    cancel();
  };
}
