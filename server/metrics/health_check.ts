/**
 * Determines the health of a running server, and its current metrics. Changes nothing in the
 * server.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import type { Network } from "../state/network.ts";
import type { Store } from "../store/store.ts";
import type { Family } from "./exposition.ts";
import { familiesOf, type MeasuredConnection } from "./families.ts";
import type { Metrics } from "./metrics.ts";
import type { MetricsSource } from "./metrics_server.ts";
import { HEALTH_TEXTS } from "../texts/server.ts";

/** The parts of the server that are observed. */
export interface HealthCheckParts {
  /** The clock. */
  readonly clock: Clock;
  /** The counters. */
  readonly metrics: Metrics;
  /** The users and channels. */
  readonly network: Pick<Network, "counts" | "channels">;
  /** The store. */
  readonly store: Pick<Store, "trouble" | "size">;
  /** The current connections, a collection that changes. */
  readonly connections: Iterable<MeasuredConnection>;
  /** Returns the number of dropped lines of the log. */
  readonly droppedLogLines: () => number;
  /** Returns the reason why the server cannot serve its cluster's clients, if there is one. */
  readonly clusterTrouble: () => string | undefined;
}

/** If a timer is delayed by at least this time, in milliseconds, the server is overloaded. */
const LATE_MS = 1000;

/** The health check of one server. */
export class HealthCheck implements MetricsSource {
  readonly #parts: HealthCheckParts;
  readonly #startedAt: number;
  readonly #beatMs: number;
  #lastBeat: Moment;
  #late = 0;

  /**
   * Expects a call of {@linkcode HealthCheck.recordBeat} every `beatMs` milliseconds from now on.
   */
  constructor(parts: HealthCheckParts, beatMs: number) {
    this.#parts = parts;
    this.#beatMs = beatMs;
    this.#startedAt = parts.clock.now();
    this.#lastBeat = parts.clock.moment();
  }

  /** Records that the event loop is running. */
  recordBeat(): void {
    this.#late = this.#lateness;
    this.#lastBeat = this.#parts.clock.moment();
  }

  get trouble(): string | undefined {
    const { store, clusterTrouble } = this.#parts;
    if (store.trouble !== undefined) return HEALTH_TEXTS.cannotStore(store.trouble);
    const apart = clusterTrouble();
    if (apart !== undefined) return apart;
    const late = Math.max(this.#late, this.#lateness);
    if (late < LATE_MS) return undefined;
    return HEALTH_TEXTS.overloaded((late / 1000).toFixed(1));
  }

  /** The time since the next beat was due, in milliseconds; negative before it is due. */
  get #lateness(): number {
    return this.#parts.clock.moment().allSince(this.#lastBeat) - this.#beatMs;
  }

  get families(): Family[] {
    const { metrics, network, store, connections, droppedLogLines } = this.#parts;
    return familiesOf({
      metrics,
      connections,
      users: network.counts.users,
      channels: network.channels.size,
      store: store.size(),
      droppedLogLines: droppedLogLines(),
      startedAt: this.#startedAt,
    });
  }
}
