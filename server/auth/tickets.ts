/**
 * Short-lived secrets by which a client that is logged in over IRC can also act for its account
 * over HTTP. Each ticket works once. Tickets are kept only in memory.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { casefold } from "../../protocol.ts";
import { hashOf, newSecret } from "./secrets.ts";

/** The time for which a ticket works, in minutes. */
export const TICKET_MINUTES = 5;
/** The largest number of tickets of one account. Each further ticket replaces the oldest. */
const TICKETS_PER_ACCOUNT = 16;
/** The largest number of tickets. Each further ticket replaces the oldest. */
const TICKET_LIMIT = 10_000;

interface Ticket {
  readonly account: string;
  readonly until: number;
}

/** The tickets that have not been used yet. */
export class Tickets {
  readonly #clock: Pick<Clock, "moment">;
  /** The tickets, by the hashes of their texts, the oldest first. */
  readonly #byHash = new Map<string, Ticket>();

  /** Makes tickets that expire by `clock`. */
  constructor(clock: Pick<Clock, "moment">) {
    this.#clock = clock;
  }

  /** Issues a ticket for the account called `name`; returns its text. */
  issue(name: string): string {
    const now = this.#clock.moment().ms;
    const account = casefold(name);
    const own: string[] = [];
    for (const [hash, ticket] of this.#byHash) {
      if (ticket.until <= now) this.#byHash.delete(hash);
      else if (ticket.account === account) own.push(hash);
    }
    const [oldest = ""] = own.length >= TICKETS_PER_ACCOUNT ? own : [];
    this.#byHash.delete(oldest);
    const [first = ""] = this.#byHash.size >= TICKET_LIMIT ? this.#byHash.keys() : [];
    this.#byHash.delete(first);
    const text = newSecret();
    this.#byHash.set(hashOf(text), { account, until: now + TICKET_MINUTES * 60_000 });
    return text;
  }

  /** Ends all tickets of the account called `name`. */
  forget(name: string): void {
    const account = casefold(name);
    for (const [hash, ticket] of this.#byHash) {
      if (ticket.account === account) this.#byHash.delete(hash);
    }
  }

  /**
   * Ends the ticket `text`; returns the folded name of its account. Returns `undefined` if there is
   * no such ticket, or it has expired.
   */
  redeem(text: string): string | undefined {
    const hash = hashOf(text);
    const ticket = this.#byHash.get(hash);
    this.#byHash.delete(hash);
    return ticket && this.#clock.moment().ms < ticket.until ? ticket.account : undefined;
  }
}
