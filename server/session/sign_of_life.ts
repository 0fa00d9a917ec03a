/**
 * Waits for the answer to a PING that asks a client if it is still there. The client is asked
 * because another client wants the nick of its user. Does not depend on connections.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Life } from "../state/recipient.ts";

/** The time that a client has for its answer, in milliseconds. */
export const ANSWER_MS = 3000;
/**
 * A client that was heard within this time, in milliseconds, is probably there. Clients that want
 * its nick are told this already after {@linkcode SOON_MS}. If nothing more comes from the client,
 * its user still loses the nick.
 */
const RECENT_MS = 3000;
/**
 * The time, in milliseconds, after which clients that want the nick are told that its user is
 * probably there.
 */
const SOON_MS = 1000;
/**
 * A client that was heard within this time, in milliseconds, is not pinged at once: the PING is
 * sent after {@linkcode ANSWER_MS}, and only if the client stays silent. So people who try a nick
 * do not disturb a user who is talking.
 */
const LIVELY_MS = 1000;

let pings = 0;

/** The parts of a {@linkcode SignOfLife}. */
export interface SignOfLifeParts {
  /** The present moment. */
  readonly now: Moment;
  /** The moment when the client was last heard. */
  readonly lastHeard: Moment;
  /** True if the PING must not wait. */
  readonly isUrgent: boolean;
  /** Sends the PING with this token. */
  readonly ping: (token: string) => void;
  /** Resolves once all input that has come is read. */
  readonly caughtUp: () => Promise<unknown>;
}

/**
 * The wait for a sign that a client is still there. Its answer to a PING is such a sign. So is
 * anything that it sends while the PING can wait, or after others were told that it is probably
 * there.
 */
export class SignOfLife implements Life {
  /** The text to send with the PING, which the answer repeats. No other PING has it. */
  readonly token: string = `here-${++pings}`;
  readonly #alive = Promise.withResolvers<boolean>();
  readonly #probable = Promise.withResolvers<boolean>();
  /**
   * The moment to tell other clients that the client is probably there; `undefined` if they need
   * not be told, or have been told.
   */
  #soonAt: Moment | undefined;
  /** The moment to end the wait for the answer; `undefined` before the PING and after the wait. */
  #overAt: Moment | undefined;
  /** The moment of the PING, if it is still to be sent. */
  #pingAt: Moment | undefined;
  readonly #ping: () => void;
  readonly #caughtUp: () => Promise<unknown>;
  readonly #askedAt: Moment;
  /** The moment when others were told that the client is probably there. */
  #toldAt: Moment | undefined;

  /** Begins to wait for the client, and sends the PING unless it can wait. */
  constructor({ now, lastHeard, isUrgent, ping, caughtUp }: SignOfLifeParts) {
    const silence = now.since(lastHeard);
    this.#askedAt = now;
    this.#ping = () => ping(this.token);
    this.#caughtUp = caughtUp;
    this.#soonAt = silence <= RECENT_MS ? now.plus(SOON_MS) : undefined;
    if (silence <= LIVELY_MS && !isUrgent) this.#pingAt = now.plus(ANSWER_MS);
    else this.#sendPing(now);
  }

  /**
   * Tells other clients that this client is probably there, unless the end of its connection is
   * read first.
   */
  #tellOthers(now: Moment): void {
    this.#caughtUp().then(() => {
      this.#toldAt = now;
      this.#probable.resolve(true);
    });
  }

  #sendPing(now: Moment): void {
    this.#pingAt = undefined;
    this.#overAt = now.plus(ANSWER_MS);
    this.#ping();
  }

  get isAlive(): Promise<boolean> {
    return this.#alive.promise;
  }

  get isProbablyAlive(): Promise<boolean> {
    return this.#probable.promise;
  }

  /**
   * Takes the steps whose moment has come. Each step waits until all input is read, because the
   * input may contain an answer or the end of the connection. `lastHeard` returns the moment when
   * the client was last heard.
   */
  check(now: Moment, lastHeard: () => Moment): void {
    if (this.#soonAt && now.ms >= this.#soonAt.ms) {
      this.#soonAt = undefined;
      this.#tellOthers(now);
    }
    if (this.#pingAt && now.ms >= this.#pingAt.ms) {
      if (lastHeard().since(this.#askedAt) > 0) return this.end(true);
      this.#sendPing(now);
    }
    if (this.#overAt && now.ms >= this.#overAt.ms) {
      this.#overAt = undefined;
      this.#caughtUp().then(() => {
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
