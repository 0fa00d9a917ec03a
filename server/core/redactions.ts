/**
 * Remembers which messages were deleted lately. A page of history that was read earlier may still
 * wait for a slow client; it must not show these messages.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";

/** The largest number of deleted messages that are remembered. */
const LIMIT = 1000;

/** The messages that were deleted lately. */
export class Redactions {
  readonly #ids = new Set<EventId>();

  /** Notes which message `event` deletes, if it deletes one. */
  follow(event: Event): void {
    if (event.type !== "Redacted") return;
    this.#ids.add(event.message);
    const [oldest] = this.#ids;
    if (this.#ids.size > LIMIT && oldest !== undefined) this.#ids.delete(oldest);
  }

  /** Returns true if the message `id` was deleted lately. */
  has(id: EventId): boolean {
    return this.#ids.has(id);
  }
}
