/**
 * The users who have spoken in a channel that is slow (mode `W`), each with the time of their last
 * message. They are not stored: after a restart, each user can speak at once.
 *
 * @module
 */

import type { Actor } from "../events/actor.ts";
import { identityOf } from "./person.ts";

/** The largest number of users whose last messages one channel remembers. */
export const SPEAKER_LIMIT = 10_000;

/** The last messages of users in one channel. */
export class Speakers {
  /** The times, in milliseconds since 1970-01-01 UTC, by user; the latest last. */
  readonly #times: Map<string, number>;

  /** Makes a list with these times, the latest last. */
  constructor(times: Iterable<readonly [identity: string, time: number]> = []) {
    this.#times = new Map(times);
  }

  /** All times, in milliseconds since 1970-01-01 UTC, by identity; the latest last. */
  get all(): ReadonlyMap<string, number> {
    return this.#times;
  }

  /**
   * Notes that `user` has spoken at `time`. Forgets users who may speak again because they last
   * spoke more than `waitMs` before, and the user who spoke first if there are too many.
   */
  spoke(user: Actor, time: number, waitMs: number): void {
    const key = identityOf(user);
    this.#times.delete(key);
    this.#times.set(key, time);
    for (const [other, earlier] of this.#times) {
      if (time - earlier < waitMs && this.#times.size <= SPEAKER_LIMIT) return;
      this.#times.delete(other);
    }
  }

  /** Returns the time of the last message of `user`; `undefined` if none is known. */
  lastTime(user: Actor): number | undefined {
    return this.#times.get(identityOf(user));
  }

  /** Forgets all users. */
  clear(): void {
    this.#times.clear();
  }
}
