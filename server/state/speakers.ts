/**
 * The users who have spoken in a channel that is slow (mode `W`), each with the time of their last
 * message. They are not stored: after a restart, each user can speak at once.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor } from "../events/actor.ts";

/** The largest number of entries for one channel. A user with an account has two entries. */
export const SPEAKER_LIMIT = 10_000;

/** The last messages of users in one channel. */
export class Speakers {
  /** The times, in milliseconds since 1970-01-01 UTC, by user and by account; the latest last. */
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
   * Notes that `user` has spoken at `time`. Then forgets the users who may speak again, because
   * `waitMs` have passed since they spoke. If there are still too many, forgets those who spoke
   * longest ago.
   */
  spoke(user: Actor, time: number, waitMs: number): void {
    for (const key of keysOf(user)) {
      this.#times.delete(key);
      this.#times.set(key, time);
    }
    for (const [other, earlier] of this.#times) {
      if (time - earlier < waitMs && this.#times.size <= SPEAKER_LIMIT) return;
      this.#times.delete(other);
    }
  }

  /** Returns the time of the last message of `user`; `undefined` if none is known. */
  lastTime(user: Actor): number | undefined {
    const times = keysOf(user).flatMap((key) => this.#times.get(key) ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** Forgets all users. */
  clear(): void {
    this.#times.clear();
  }
}

/**
 * Returns the keys of a user: their id, which stays the same when they log in or out, and their
 * account, which stays the same when they connect again.
 */
function keysOf({ id, account }: Actor): string[] {
  return account === undefined ? [`~${id}`] : [`~${id}`, casefold(account)];
}
