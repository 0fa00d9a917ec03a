/**
 * Limits the time that a new connection has until its first line begins.
 *
 * @module
 */

import type { Cancel } from "../../shared/clock.ts";
import type { Arrival } from "./arrival.ts";
import type { Inflow } from "./inflow.ts";

/** The settings of {@linkcode limitTime}. */
export interface TimeLimit {
  /** The input from the connections. */
  readonly inflow: Pick<Inflow, "deadline">;
  /** The time for a peer that sends nothing, in milliseconds. Any other peer has twice as much. */
  readonly halfMs: number;
  /** Closes the arrival. */
  giveUp(): void;
}

/**
 * Calls `giveUp` when the time of `arrival` is over; call the result to cancel this. The time is as
 * long as the time to register, because a person may have to decide something first, such as
 * whether to trust the server's certificate. A peer that sends nothing gets half of that time.
 */
export function limitTime(arrival: Pick<Arrival, "hasBegun">, limit: TimeLimit): Cancel {
  const { inflow, halfMs, giveUp } = limit;
  const isActive = () => arrival.hasBegun;
  const cancelHalf = inflow.deadline(halfMs, {
    act: () => {
      if (!arrival.hasBegun) giveUp();
    },
  });
  const cancelWhole = inflow.deadline(2 * halfMs, { act: giveUp, isActive });
  return () => {
    cancelHalf();
    cancelWhole();
  };
}
