/**
 * The part of a client that is used by the periodic checks and by the code that changes the
 * options.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { ServeOptions } from "../config/config.ts";
import type { User } from "../state/state.ts";

/** A connected client, registered or not, of any door. */
export interface Client {
  /** The address that the client connects from. */
  readonly host: string;
  /** The client's user; `undefined` until the client has registered, and once the user has left. */
  readonly user: User | undefined;
  /** The account that the client is logged in to. A client can log in before it registers. */
  readonly account: string | undefined;
  /** Acts on timeouts that have passed by `now`. Called periodically. */
  check(now: Moment): void;
  /** Tells the client about options that have changed; `before` are the earlier options. */
  reconfigured(before: ServeOptions): void;
  /** Closes the connection; the client, and the users who see it leave, are told `reason`. */
  close(reason: string): void;
}
