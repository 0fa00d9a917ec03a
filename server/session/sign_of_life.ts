/**
 * Waits for the answer to a PING that asks if a client is still there, because somebody asks for the nick of
 * its user. It has no dependency on connections.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Life } from "../state/recipient.ts";

/** The time that a client has for its answer, in milliseconds. */
export const ANSWER_MS = 3000;
/**
 * A client that was heard this long ago or less, in milliseconds, is probably there: others who ask for its
 * nick are told so sooner. If it does not answer, it loses the nick all the same.
 */
const RECENT_MS = 3000;
/** The time after which they are told, in milliseconds. */
const SOON_MS = 1000;

let pings = 0;

/** A PING that is not answered yet. */
export class SignOfLife implements Life {
  /** The text to send with the PING, which the answer repeats. No other PING has it. */
  readonly token: string = `here-${++pings}`;
  readonly #alive = Promise.withResolvers<boolean>();
  readonly #probable = Promise.withResolvers<boolean>();
  /** The moments of the next steps; `undefined` for a step that was taken or is not. */
  #soonAt: Moment | undefined;
  #overAt: Moment | undefined;
  /** The moment when others were told that the client is probably there. */
  #toldAt: Moment | undefined;

  /** Begins to wait at `now` for a client that was heard at `lastHeard`. */
  constructor(now: Moment, lastHeard: Moment) {
    this.#soonAt = now.since(lastHeard) <= RECENT_MS ? now.plus(SOON_MS) : undefined;
    this.#overAt = now.plus(ANSWER_MS);
  }

  get isAlive(): Promise<boolean> {
    return this.#alive.promise;
  }

  get isProbablyAlive(): Promise<boolean> {
    return this.#probable.promise;
  }

  /**
   * Takes the steps whose moment has come. Each waits for `caughtUp`, because an answer or the end of the
   * connection may not have been read yet; `lastHeard` returns the moment when the client was last heard.
   */
  check(now: Moment, caughtUp: () => Promise<boolean>, lastHeard: () => Moment): void {
    if (this.#soonAt && now.ms >= this.#soonAt.ms) {
      this.#soonAt = undefined;
      caughtUp().then((isBusy) => {
        // On a busy server, the end of a connection may take longest to notice: only an answer counts then.
        if (isBusy) return;
        this.#toldAt = now;
        this.#probable.resolve(true);
      });
    }
    if (this.#overAt && now.ms >= this.#overAt.ms) {
      this.#overAt = undefined;
      caughtUp().then(() => {
        const told = this.#toldAt;
        this.end(told !== undefined && lastHeard().since(told) > 0);
      });
    }
  }

  /** Ends the wait: the client has answered, or is gone. */
  end(isAlive: boolean): void {
    this.#alive.resolve(isAlive);
    this.#probable.resolve(isAlive);
  }
}
