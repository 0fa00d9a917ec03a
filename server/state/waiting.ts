/**
 * Messages for people with an account who were not here: which of them wait, until their owner comes.
 * What they say is in the history of the two; here is only where. Only {@linkcode Network} changes it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Said } from "../events.ts";

/** Where to find a message that waits. */
export type WaitingMessage = Pick<Said, "id" | "by" | "to">;

/** So many messages wait for one account, at most; no more are taken then. */
export const WAITING_LIMIT = 500;

/** What waits for whom; see the module. */
export class Waiting {
  readonly #messages = new Map<string, WaitingMessage[]>();

  /** What waits for an account, in the order in which it was said. */
  of(account: string): readonly WaitingMessage[] {
    return this.#messages.get(casefold(account)) ?? [];
  }

  /** Another message waits. */
  add(account: string, { id, by, to }: WaitingMessage): void {
    const key = casefold(account);
    const messages = this.#messages.get(key) ?? [];
    this.#messages.set(key, messages);
    messages.push({ id, by, to });
  }

  /** These wait, and no others. */
  set(account: string, messages: readonly WaitingMessage[]): void {
    if (messages.length === 0) this.#messages.delete(casefold(account));
    else this.#messages.set(casefold(account), [...messages]);
  }
}
