/**
 * Detects a dead connection: a server that has sent nothing for a while gets a PING, and times out if it
 * does not answer.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";

/** The interval between two checks, in milliseconds. */
const INTERVAL = 15_000;

/** The number of checks without a message before the PING, and before the timeout. */
const SILENT_CHECKS = { ping: 4, timeout: 6 } as const;

/** The actions on a silent server. */
export interface KeepaliveActions {
  /** Sends a PING. */
  ping(): void;
  /** Ends the connection. */
  timeout(): void;
}

/** Checks at intervals for messages from the server, until {@linkcode Keepalive.stop}. */
export class Keepalive {
  /** Stops the checks. */
  readonly stop: Cancel;
  readonly #actions: KeepaliveActions;
  #silentChecks = 0;
  #isReading = true;

  /** Starts; the first check is after 15 seconds of `clock`. */
  constructor(clock: Clock, actions: KeepaliveActions) {
    this.#actions = actions;
    this.stop = clock.every(INTERVAL, () => this.#check());
  }

  /** Notes that the server has sent something. */
  received(): void {
    this.#silentChecks = 0;
  }

  /** Skips the checks until `ready` resolves, because nothing is read until then. */
  async pause(ready: Promise<void>): Promise<void> {
    this.#isReading = false;
    await ready;
    this.#isReading = true;
  }

  #check(): void {
    if (!this.#isReading) return;
    this.#silentChecks++;
    if (this.#silentChecks === SILENT_CHECKS.ping) this.#actions.ping();
    else if (this.#silentChecks >= SILENT_CHECKS.timeout) this.#actions.timeout();
  }
}
