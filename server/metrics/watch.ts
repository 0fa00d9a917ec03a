/**
 * Looks at a running server for the page that tells of it: whether it is well, and its numbers as
 * they are now. It changes nothing.
 *
 * @module
 */

import type { Clock } from "../../clock.ts";
import type { Network } from "../network.ts";
import type { Store } from "../store/store.ts";
import type { Family } from "./exposition.ts";
import { familiesOf, type WatchedConnection } from "./families.ts";
import type { Metrics } from "./metrics.ts";
import type { Watch } from "./page.ts";

/** What is looked at. */
export interface WatchParts {
  /** The time. */
  readonly clock: Clock;
  /** What was counted. */
  readonly metrics: Metrics;
  /** Who is there. */
  readonly network: Pick<Network, "counts" | "channels">;
  /** Where things are kept. */
  readonly store: Pick<Store, "trouble" | "size">;
  /** Who is connected; it changes. */
  readonly connections: Iterable<WatchedConnection>;
}

/** So many milliseconds late, what should happen at a time says that the server is overloaded. */
const LATE_MS = 1000;

/** One server, watched; see the module. */
export class ServerWatch implements Watch {
  readonly #parts: WatchParts;
  readonly #startedAt: number;
  readonly #beatMs: number;
  #lastBeat: number;
  #late = 0;

  /** {@linkcode ServerWatch.beat} is to be called every `beatMs` milliseconds from now on. */
  constructor(parts: WatchParts, beatMs: number) {
    this.#parts = parts;
    this.#beatMs = beatMs;
    this.#startedAt = this.#lastBeat = parts.clock.now();
  }

  /** The event loop turns. */
  beat(): void {
    const now = this.#parts.clock.now();
    this.#late = now - this.#lastBeat - this.#beatMs;
    this.#lastBeat = now;
  }

  get trouble(): string | undefined {
    const { clock, store } = this.#parts;
    if (store.trouble !== undefined) return `messages cannot be kept: ${store.trouble}`;
    const late = Math.max(this.#late, clock.now() - this.#lastBeat - this.#beatMs);
    if (late < LATE_MS) return undefined;
    return `the server is ${(late / 1000).toFixed(1)} seconds behind: it has too much to do`;
  }

  get families(): Family[] {
    const { metrics, network, store, connections } = this.#parts;
    return familiesOf({
      metrics,
      connections,
      users: network.counts.users,
      channels: network.channels.size,
      store: store.size(),
      startedAt: this.#startedAt,
    });
  }
}
