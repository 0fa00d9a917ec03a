/**
 * The state that clients know: the changes that a server has confirmed, and those that it may have
 * made.
 */

import type { IrcClient } from "./irc_client.ts";
import type { Change, ReadState } from "./state_kinds.ts";

/** A value that a server should not have. */
export interface Wrong {
  readonly key: string;
  readonly found: string;
  /**
   * The values that it may have: the confirmed value, and those of changes that were not answered.
   */
  readonly allowed: readonly string[];
}

/** One kind of state, as far as clients know it. */
export class KnownState<State extends ReadState = ReadState> {
  readonly state: State;
  readonly #confirmed = new Map<string, string>();
  /** The changes without an answer, in order. */
  readonly #open = new Map<string, Change[]>();

  constructor(state: State) {
    this.state = state;
  }

  /** Records that a client asks for a change. */
  ask(change: Change): void {
    const open = this.#open.get(change.key);
    if (open) open.push(change);
    else this.#open.set(change.key, [change]);
  }

  /** Records the answer of the server. */
  answer(change: Change, isDone: boolean): void {
    const open = this.#open.get(change.key) ?? [];
    this.#open.set(change.key, open.filter((each) => each !== change));
    if (isDone) this.#confirmed.set(change.key, change.value);
  }

  /**
   * Compares the known state with the state of a server, and returns the differences. From then on,
   * the server's state is the known one.
   */
  async compare(client: IrcClient): Promise<Wrong[]> {
    const known = new Set([...this.#confirmed.keys(), ...this.#open.keys()]);
    const values = await this.state.read(client, [...known]);
    const wrong: Wrong[] = [];
    // The known values of brief state are forgotten after each comparison, so the server has more.
    const keys = this.state.isBrief ? known : known.union(new Set(values.keys()));
    for (const key of keys) {
      const found = values.get(key) ?? "";
      const open = (this.#open.get(key) ?? []).map(({ value }) => value);
      const allowed = [this.#confirmed.get(key) ?? "", ...open];
      if (!allowed.includes(found)) wrong.push({ key, found, allowed });
      this.#confirmed.set(key, found);
    }
    this.#open.clear();
    if (this.state.isBrief) this.#confirmed.clear();
    return wrong;
  }
}
