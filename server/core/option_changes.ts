/**
 * Tells all clients about changed options, in slices: the server serves other input between two
 * slices.
 *
 * @module
 */

import type { Cancel } from "../../shared/clock.ts";
import { inSlices } from "../../shared/turns.ts";
import type { ServeOptions } from "../config/config.ts";

/** The clients that must still be told about changed options. */
export class OptionChanges<Client> {
  /** The clients that must still be told, each with the options that it was last told. */
  readonly #waiting = new Map<Client, ServeOptions>();
  readonly #tell: (client: Client, known: ServeOptions) => void;
  #cancel: Cancel = () => {};

  /**
   * Creates an empty list. `tell` tells a client about the changes since the options `known`; it
   * must not throw.
   */
  constructor(tell: (client: Client, known: ServeOptions) => void) {
    this.#tell = tell;
  }

  /**
   * Tells `clients` that the options are no longer `before`. Begins at once, unless other clients
   * still wait.
   */
  add(clients: Iterable<Client>, before: ServeOptions): void {
    const isIdle = this.#waiting.size === 0;
    for (const client of clients) {
      // A client that still waits to be told about an earlier change has not heard of `before`: it
      // keeps the older options.
      if (!this.#waiting.has(client)) this.#waiting.set(client, before);
    }
    if (!isIdle) return;
    this.#cancel = inSlices(this.#waiting, ([client, known]) => {
      this.#waiting.delete(client);
      this.#tell(client, known);
    });
  }

  /** Tells no more clients. */
  close(): void {
    this.#cancel();
    this.#waiting.clear();
  }
}
