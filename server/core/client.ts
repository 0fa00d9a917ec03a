/**
 * A client as periodic checks and changes of the options use it.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { ServeOptions } from "../config/config.ts";
import type { User } from "../state/state.ts";

/** A client of this server, registered or not, as periodic checks use it. */
export interface Client {
  /** The address that it connects from. */
  readonly host: string;
  /** Its user, after it has registered and until it leaves. */
  readonly user: User | undefined;
  /** The name of the account that it is logged in to, registered or not. */
  readonly account: string | undefined;
  /** Acts on timeouts that have passed. Called periodically, with the present moment. */
  check(now: Moment): void;
  /** Tells the client about options that have changed; `before` are the earlier options. */
  reconfigured(before: ServeOptions): void;
  /** Closes it; `reason` is sent to the client and to the users who see it leave. */
  close(reason: string): void;
}
