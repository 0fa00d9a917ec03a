/**
 * Detects a dead connection: sends a PING to a server that has not answered the client for a while,
 * and ends the connection if there is still no answer. Lines of other users do not count as
 * answers: they may still arrive when the client's own lines no longer reach the server.
 *
 * @module
 */

import { type Message, nickOf } from "../../protocol.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";

/** The interval between two checks, in milliseconds. */
const INTERVAL = 5_000;

/**
 * The number of checks without an answer after which the PING is sent (`ping`), and the number
 * after which the connection ends (`timeout`): a broken connection is noticed within 50 seconds.
 */
const SILENT_CHECKS = { ping: 4, timeout: 10 } as const;

/** The actions if the server does not answer. */
export interface KeepaliveActions {
  /** Sends a PING. */
  ping(): void;
  /** Ends the connection. */
  timeout(): void;
}

/** Checks at intervals for answers of the server, until {@linkcode Keepalive.stop}. */
export class Keepalive {
  /** Stops the checks. */
  readonly stop: Cancel;
  readonly #actions: KeepaliveActions;
  #silentChecks = 0;
  #isReading = true;

  /** Starts the checks by `clock`. */
  constructor(clock: Clock, actions: KeepaliveActions) {
    this.#actions = actions;
    this.stop = clock.every(INTERVAL, () => this.#check());
  }

  /** Notes that the server has answered the client. */
  answered(): void {
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

/**
 * Returns true if `message` shows that a line of the client has reached the server: a PONG, a
 * numeric, a message with a label, or a message from the user.
 */
export function isAnswer(
  { command, tags, source = "" }: Message,
  isMe: (nick: string) => boolean,
): boolean {
  return tags?.has("label") === true || command === "PONG" || /^[0-9]{3}$/.test(command) ||
    isMe(nickOf(source));
}
