/**
 * Remembers the clients that a leader has deleted lately: a message about such a client may still
 * come.
 *
 * @module
 */

import type { ClientId } from "./messages.ts";

/** The number of clients that are remembered. */
const LIMIT = 10_000;

/** The clients that were deleted lately. */
export class DeletedClients {
  readonly #ids = new Set<ClientId>();

  /** Adds a client, and forgets the oldest one if there are too many. */
  add(id: ClientId): void {
    this.#ids.add(id);
    const [oldest = id] = this.#ids;
    if (this.#ids.size > LIMIT) this.#ids.delete(oldest);
  }

  /** Returns true if the client was deleted lately. */
  has(id: ClientId): boolean {
    return this.#ids.has(id);
  }
}
