/**
 * Whether the server is still there: where nothing has come for a while it is asked, and where
 * nothing comes then either, it is gone.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";

/** Milliseconds between two looks at whether anything came. */
const LOOK = 15_000;

/** Looks without anything coming, after which the server is asked, and after which it is gone. */
const SILENT_LOOKS = { ping: 4, timeout: 6 } as const;

/** What to do about silence. */
export interface KeepaliveActions {
  /** Says something that the server has to answer. */
  ping(): void;
  /** The server is gone. */
  timeout(): void;
}

/** Looks now and then whether anything came, until {@linkcode Keepalive.stop}. */
export class Keepalive {
  /** Ends it. */
  readonly stop: Cancel;
  readonly #actions: KeepaliveActions;
  #silentLooks = 0;
  #isListening = true;

  /** Looks for the first time after 15 seconds of `clock`. */
  constructor(clock: Clock, actions: KeepaliveActions) {
    this.#actions = actions;
    this.stop = clock.every(LOOK, () => this.#look());
  }

  /** Something has come. */
  received(): void {
    this.#silentLooks = 0;
  }

  /** Nothing is read until `ready` resolves: the server is not silent, it is not listened to. */
  async pause(ready: Promise<void>): Promise<void> {
    this.#isListening = false;
    await ready;
    this.#isListening = true;
  }

  #look(): void {
    if (!this.#isListening) return;
    this.#silentLooks++;
    if (this.#silentLooks === SILENT_LOOKS.ping) this.#actions.ping();
    else if (this.#silentLooks >= SILENT_LOOKS.timeout) this.#actions.timeout();
  }
}
