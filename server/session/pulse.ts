/**
 * Asks a client by PING if it is still there: after a time of silence, and when another client
 * wants the nick of its user.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Moment } from "../../shared/clock.ts";
import type { Context } from "../core/context.ts";
import type { Connection } from "../net/connection.ts";
import type { Outbox } from "../delivery/outbox.ts";
import type { EventId } from "../events/ids.ts";
import type { Life, Recipient } from "../state/recipient.ts";
import type { User } from "../state/state.ts";
import { NET_TEXTS } from "../texts/net.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { SlicedAnswers } from "./slices.ts";
import { SignOfLife } from "./sign_of_life.ts";

/**
 * The time to register is extended by the time for which the server itself makes the client wait.
 * The extension is at most this many times as long as the time to register.
 */
const HELD_LIMITS = 2;

/** The parts of the client's session that its pulse uses. */
export interface PulseOwner extends Pick<Recipient, "close"> {
  /** The server's shared parts. */
  readonly context: Context;
  /** Its user, after it has registered and until it leaves. */
  readonly user: User | undefined;
  /** The long answers to the client. */
  readonly answers: Pick<SlicedAnswers, "isAnswering">;
  /** Queues a message. */
  send(message: Message): void;
}

/** The parts of the client's connection that its pulse uses. */
type PulseConnection =
  & Pick<
    Connection,
    "arrivedAt" | "hasWaitingLines" | "heldMs" | "isDelayed" | "lastHeard" | "lookAhead"
  >
  & {
    readonly outbox: Pick<Outbox, "taken">;
  };

/** The check of one client for signs of life. */
export class Pulse {
  readonly #owner: PulseOwner;
  readonly #connection: PulseConnection;
  #pinged = false;
  /** The moment when the client was last heard, as it was at the last check. */
  #heardAt: Moment | undefined;
  /** The client was heard after all events up to this id. */
  #heardUpTo: EventId;
  /** The number of bytes that had been sent to it at the last check. */
  #taken = 0;
  /**
   * The moment of the last check at which silence did not count: the client had read more of a long
   * answer, or lines that it had sent still waited.
   */
  #busyAt: Moment;
  /**
   * The time, in milliseconds, that is added to the time to register because the server was behind
   * with reading.
   */
  #moreMs = 0;
  /** True while a deadline that has passed waits until all input is read. */
  #isPassing = false;
  /** The question that was asked because another client wants the nick, until it is answered. */
  #signOfLife: SignOfLife | undefined;

  /** Watches the `connection` of `owner`. */
  constructor(owner: PulseOwner, connection: PulseConnection) {
    this.#owner = owner;
    this.#connection = connection;
    this.#heardUpTo = owner.context.checkedUpTo;
    this.#busyAt = connection.arrivedAt;
  }

  /**
   * Asks the client if it is still there. If `isGone`, the client has left, so the answer is no at
   * once. If `isUrgent`, the PING is sent at once even to a client that was heard a moment ago.
   */
  ask(isGone: boolean, isUrgent: boolean): Life {
    if (this.#signOfLife) return this.#signOfLife;
    const signOfLife = new SignOfLife({
      now: this.#owner.context.clock.moment(),
      lastHeard: this.#connection.lastHeard,
      // If lines of the client wait here, the end of its connection may be behind them. Then it
      // means little that the client was heard a moment ago.
      isUrgent: isUrgent || this.#connection.hasWaitingLines,
      ping: (token) => {
        if (!isGone) this.#owner.send({ command: "PING", params: [token] });
      },
      caughtUp: () => this.#owner.context.inflow.caughtUp(),
    });
    if (isGone) {
      signOfLife.end(false);
      return signOfLife;
    }
    this.#signOfLife = signOfLife;
    signOfLife.isAlive.then(() => this.#signOfLife = undefined);
    return signOfLife;
  }

  /** Notes a PONG with this token. */
  answered(token: string): void {
    if (token === this.#signOfLife?.token) this.#signOfLife.end(true);
  }

  /** Ends the wait for an answer, because the client leaves. */
  end(): void {
    this.#signOfLife?.end(false);
  }

  /** Checks if the time for the answer to {@linkcode Pulse.ask} is over. */
  check(now: Moment): void {
    const signOfLife = this.#signOfLife;
    if (!signOfLife) return;
    // The PONG may be behind other lines of the client, which wait because the client sends too
    // fast.
    this.#connection.lookAhead(signOfLife.token, () => this.answered(signOfLife.token));
    signOfLife.check(now, () => this.#connection.lastHeard);
  }

  /** Pings a silent client; closes a client that does not reply. */
  checkSilence(now: Moment): void {
    const { checkedUpTo, options: { name, limits: { pingSeconds } } } = this.#owner.context;
    const { lastHeard, outbox } = this.#connection;
    if (lastHeard !== this.#heardAt) {
      this.#heardAt = lastHeard;
      this.#heardUpTo = checkedUpTo;
    }
    if (this.#isBusy()) this.#busyAt = now;
    this.#taken = outbox.taken;
    const silent = Math.min(now.since(lastHeard), now.since(this.#busyAt)) / 1000;
    if (silent < pingSeconds) this.#pinged = false;
    else if (silent >= 2 * pingSeconds) {
      this.#pass(({ isHeard }) => {
        if (!isHeard) this.#owner.close(SESSION_TEXTS.pingTimeout(Math.floor(silent)));
      });
    } else if (!this.#pinged) {
      this.#pinged = true;
      this.#owner.send({ command: "PING", params: [name] });
    }
  }

  /**
   * Returns true if the client's silence means nothing, because it is reading a long answer, or
   * because lines that it has sent wait here to be handled.
   */
  #isBusy(): boolean {
    const { outbox, isDelayed } = this.#connection;
    // While a long answer is sent, the client's own lines wait.
    if (this.#owner.answers.isAnswering) return outbox.taken > this.#taken;
    return isDelayed;
  }

  /**
   * Closes a client that has not registered in time. Does not count the time for which the server
   * makes the client wait, up to a limit.
   */
  checkRegistration(now: Moment): void {
    const { context: { clock, options: { limits: { registrationSeconds } } } } = this.#owner;
    const limitMs = registrationSeconds * 1000;
    const held = (at: Moment) => Math.min(this.#connection.heldMs(at), HELD_LIMITS * limitMs);
    const heldMs = held(now);
    if (now.since(this.#connection.arrivedAt) - heldMs - this.#moreMs < limitMs) return;
    this.#pass(({ isHeard, behindMs }) => {
      if (this.#owner.user || held(clock.moment()) > heldMs) return;
      // The client may have waited for the server as long as the server was behind.
      if (isHeard && behindMs > 0) this.#moreMs += behindMs;
      else this.#owner.close(NET_TEXTS.registrationTimeout);
    });
  }

  /**
   * Calls `act` for a deadline that has passed, but only after all input that has arrived so far is
   * read. `isHeard` is true if the client was heard meanwhile, and `behindMs` is the time by which
   * the server was behind with reading.
   */
  #pass(act: (found: { readonly isHeard: boolean; readonly behindMs: number }) => void): void {
    if (this.#isPassing) return;
    this.#isPassing = true;
    const { context } = this.#owner;
    const { lastHeard } = this.#connection;
    context.inflow.caughtUp().then((behindMs) => {
      this.#isPassing = false;
      const isHeard = this.#connection.lastHeard !== lastHeard;
      context.guard("a deadline failed", {}, () => act({ isHeard, behindMs }));
    });
  }

  /**
   * Returns the id up to which the client, which was closed for `reason`, has certainly got all
   * messages. Returns `undefined` if the client answered and read in time: it counts as having got
   * all messages so far.
   */
  gotUpTo(reason: string): EventId | undefined {
    const isLost = this.#pinged || reason === NET_TEXTS.sendQueueExceeded ||
      reason === SESSION_TEXTS.didNotAnswer;
    return isLost ? this.#heardUpTo : undefined;
  }
}
