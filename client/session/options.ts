/**
 * The options of a session.
 *
 * @module
 */

import type { ConnectionOptions } from "./connection.ts";
import type { IdentityOptions } from "./identity.ts";
import type { KnownPositions } from "./reading.ts";
import type { RoomOptions } from "./wanted.ts";

/** The server, the user and the dependencies of a session. */
export interface SessionOptions
  extends
    Omit<ConnectionOptions, "signal" | "keyAccount" | "isReturning">,
    IdentityOptions,
    RoomOptions {
  /** The number of earlier messages to show when the user first joins a room; 0 for none. */
  readonly history: number;
  /**
   * The largest number of missed messages to read in one conversation. The newest messages are
   * read; if absent, all messages.
   */
  readonly maxMissed?: number;
  /**
   * The store of the positions up to which the user has read; if absent, positions are neither read
   * nor kept.
   */
  readonly positions?: KnownPositions;
  /** The time for which to wait for a server that is not up yet, in milliseconds. */
  readonly wait?: number;
  /**
   * Returns a number from 0 to 1, as `Math.random` does; it spreads the reconnects of many clients.
   */
  readonly random: () => number;
}
