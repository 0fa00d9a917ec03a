/**
 * The metadata subscriptions of one client, and the rate of its requests.
 *
 * Source: as in `server/state/metadata.ts`.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { TokenBucket } from "../../shared/rate.ts";
import type { MetadataEntry } from "../state/metadata.ts";

/**
 * The number of changes and large requests that a client can make: each second in the long run, and
 * at once.
 */
const REQUESTS_PER_SECOND = 1;
const REQUEST_BURST = 50;

/** The metadata subscriptions of one client, and its rate limit. */
export class MetadataClient {
  /** The keys that it is subscribed to. */
  readonly subscriptions: Set<string> = new Set();
  /** The values that it set before it registered. */
  readonly early: Map<string, string> = new Map();
  /** The rest of a synchronization that was too large for one response, and its target. */
  unfinished:
    | { readonly of: string; readonly entries: Iterator<MetadataEntry | undefined> }
    | undefined;
  #requests: TokenBucket | undefined;

  /** Takes a turn for a change or a large request; returns false if there were too many. */
  tryRequest(now: Moment): boolean {
    this.#requests ??= new TokenBucket(REQUESTS_PER_SECOND, REQUEST_BURST, now);
    return this.#requests.tryTake(now);
  }

  /** "`draft/metadata-3` Capability": ends all subscriptions when the client gives the capability up. */
  forget(): void {
    this.subscriptions.clear();
    this.unfinished = undefined;
  }
}
