/**
 * Messages that wait for owners of accounts who are offline. Part of the network's state, which has
 * only references: the text of a message is in the history of its sender and its recipient.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { EventId } from "../events/ids.ts";
import type { WaitingMessage } from "../events/records.ts";

/** The largest number of messages that wait for one account; more are refused. */
export const WAITING_LIMIT = 500;

/** The messages that had waited for an account, and that a client was sent. */
export interface SentWaiting {
  /** The account. */
  readonly account: string;
  /** The id of the last of them. All earlier ones were sent, too. */
  readonly upTo: EventId;
}

/** The waiting messages. */
export class Waiting {
  readonly #messages = new Map<string, WaitingMessage[]>();

  /** The messages that wait, by folded name of the account; the oldest first. */
  get all(): ReadonlyMap<string, readonly WaitingMessage[]> {
    return this.#messages;
  }

  /** Returns the messages that wait for an account, the oldest first. */
  of(account: string): readonly WaitingMessage[] {
    return this.#messages.get(casefold(account)) ?? [];
  }

  /** Adds a message. */
  add(account: string, { id, by, to }: WaitingMessage): void {
    const key = casefold(account);
    const messages = this.#messages.get(key) ?? [];
    this.#messages.set(key, messages);
    messages.push({ id, by, to });
  }

  /** Removes the message with this id, if it waits for the account. */
  remove(account: string, id: EventId): void {
    const messages = this.of(account);
    const left = messages.filter((each) => each.id !== id);
    if (left.length < messages.length) this.set(account, left);
  }

  /** Replaces the messages that wait for an account. */
  set(account: string, messages: readonly WaitingMessage[]): void {
    if (messages.length === 0) this.#messages.delete(casefold(account));
    else this.#messages.set(casefold(account), [...messages]);
  }
}
