/**
 * The metadata subscriptions of one client, and the rate of its requests.
 *
 * Source: https://ircv3.net/specs/extensions/metadata; for its revisions, see
 * `server/state/metadata.ts`.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { TokenBucket } from "../../shared/rate.ts";
import type { MetadataEntry } from "../state/metadata.ts";

/** The number of changes and large requests per second that a client can make on average. */
const REQUESTS_PER_SECOND = 1;
/** The number of changes and large requests that a client can make at once. */
const REQUEST_BURST = 50;

/** The metadata subscriptions of one client, and its rate limit. */
export class MetadataClient {
  /** The keys that it is subscribed to. */
  readonly subscriptions: Set<string> = new Set();
  /** The metadata that the client set before it registered, by key. */
  readonly early: Map<string, string> = new Map();
  /**
   * The rest of a synchronization (SYNC) that was too large for one response: the entries that were
   * not sent yet, and `of`, the folded target.
   */
  unfinished:
    | { readonly of: string; readonly entries: Iterator<MetadataEntry | undefined> }
    | undefined;
  #requests: TokenBucket | undefined;

  /**
   * Counts a change or a large request. Returns false if there were too many: then the request must
   * be refused.
   */
  tryRequest(now: Moment): boolean {
    this.#requests ??= new TokenBucket(REQUESTS_PER_SECOND, REQUEST_BURST, now);
    return this.#requests.tryTake(now);
  }

  /**
   * Ends all subscriptions, because the client has disabled the capability (section
   * "`draft/metadata-3` Capability" of the specification).
   */
  forget(): void {
    this.subscriptions.clear();
    this.unfinished = undefined;
  }
}
