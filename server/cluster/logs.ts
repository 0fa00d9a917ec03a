/**
 * The logs of events on the servers of a cluster. The log of the deciding context hands over each
 * event that a session appends, so that it gets into the log of the cluster. The log of an edge
 * only applies the events that the log of the cluster has.
 *
 * @module
 */

import { ApplyingLog } from "../core/event_log.ts";
import type { Event, Unstamped } from "../events/events.ts";

/** The log of a server's edge. */
export class FollowingLog extends ApplyingLog {
  /** Fails: only the leader appends events. */
  append(event: Unstamped): void {
    throw new Error(`a server that follows has appended ${event.type}`);
  }

  /** Applies an event that the store and the clients have already. */
  replay(event: Event): void {
    this.parts.network.apply(event);
  }
}

/** The log of the part that decides. It appends nothing itself: `decided` takes each event. */
export class DecidingLog extends ApplyingLog {
  /** Takes each event that a session has decided. */
  decided: (event: Event) => void = () => {};

  /** Passes the event on, with its id and time. */
  append(event: Unstamped): void {
    this.decided(this.stamp(event));
  }
}
