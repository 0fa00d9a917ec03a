/**
 * Tells the server which conversations the user has silenced, so that it pushes no messages from
 * them. The server keeps the silenced conversations for the account, and thereby for the user's
 * other devices. A change that the user makes without a connection is sent once there is one,
 * even if the page is reloaded before.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { SilencedStore } from "../session/silenced.ts";
import { mutedStore, silencedStore } from "./keeping.ts";

/** The metadata key of a muted channel or person. */
const MUTED_KEY = "soju.im/muted";

/** The parts of the page that muting uses. */
export interface MutingParts {
  /** Returns the session. */
  session(): Session;
  /** Sends a command whose answer the user does not see. */
  quietly<Result>(ask: () => Promise<Result>): Promise<Result>;
}

/** The silenced conversations, in a store and at the server. */
export class Muting implements SilencedStore {
  readonly #store = silencedStore;
  readonly #muted = mutedStore;
  readonly #parts: MutingParts;
  /** The state of each conversation, as the server knows it. */
  readonly #told = new Map<string, boolean>();
  #telling: Promise<void> = Promise.resolve();

  /** Begins with the conversations that the browser has kept. */
  constructor(parts: MutingParts) {
    this.#parts = parts;
  }

  /** Part of `SilencedStore`. */
  read(): Iterable<string> {
    return this.#store.read();
  }

  /** Part of `SilencedStore`. */
  keep(names: readonly string[]): void {
    this.#store.keep(names);
    this.tell();
  }

  /**
   * Tells the server the changes that it does not know, if it has an account for the user and
   * pushes messages.
   */
  tell(): void {
    this.#telling = this.#telling.then(() => this.#parts.quietly(() => this.#tell()));
  }

  async #tell(): Promise<void> {
    const session = this.#parts.session();
    const { account, state: { isupport: { pushKey } } } = session;
    if (!session.isConnected || account === undefined || pushKey === undefined) return;
    const silenced = new Set(this.#store.read());
    for (const name of new Set([...silenced, ...this.#muted.read(), ...this.#told.keys()])) {
      const isSilenced = silenced.has(name);
      if (this.#told.get(name) === isSilenced) continue;
      if (isSilenced) this.#keepMuted((names) => names.add(name));
      const params = [name, "SET", MUTED_KEY, isSilenced ? "1" : "0"];
      const { status } = await session.request({ command: "METADATA", params });
      if (status !== "done") continue;
      this.#told.set(name, isSilenced);
      if (!isSilenced) this.#keepMuted((names) => names.delete(name));
    }
  }

  #keepMuted(change: (names: Set<string>) => void): void {
    const names = new Set(this.#muted.read());
    change(names);
    this.#muted.keep([...names]);
  }
}
