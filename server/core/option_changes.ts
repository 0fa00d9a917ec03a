/**
 * Tells all clients about changed options, in slices: other clients are served between two of them.
 *
 * @module
 */

import type { Cancel } from "../../shared/clock.ts";
import { afterInput } from "../../shared/turns.ts";
import type { ServeOptions } from "../config/config.ts";

/** The approximate time of one slice, in milliseconds. */
const SLICE_MS = 2;

/** The clients that have not been told about changed options. */
export class OptionChanges<Client> {
  /** Each client, with the options that it knows. */
  readonly #waiting = new Map<Client, ServeOptions>();
  readonly #tell: (client: Client, known: ServeOptions) => void;
  #cancel: Cancel | undefined;

  /** Tells a client about the changes since the `known` options by `tell`, which must not throw. */
  constructor(tell: (client: Client, known: ServeOptions) => void) {
    this.#tell = tell;
  }

  /** Tells `clients`, the first ones at once; until now, the options were those of `before`. */
  add(clients: Iterable<Client>, before: ServeOptions): void {
    for (const client of clients) {
      // A client that still waits knows only earlier options.
      if (!this.#waiting.has(client)) this.#waiting.set(client, before);
    }
    if (!this.#cancel) this.#slice();
  }

  /** Tells no more clients. */
  close(): void {
    this.#cancel?.();
    this.#waiting.clear();
  }

  #slice(): void {
    this.#cancel = undefined;
    const end = performance.now() + SLICE_MS;
    for (const [client, known] of this.#waiting) {
      if (performance.now() > end) {
        this.#cancel = afterInput(() => this.#slice());
        return;
      }
      this.#waiting.delete(client);
      this.#tell(client, known);
    }
  }
}
