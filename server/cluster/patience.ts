/**
 * Decides when a process no longer waits for answers that must come before the next entry. Reads no
 * clock: it gets the time.
 *
 * @module
 */

/** The time after which missing answers are given up, in milliseconds. */
const LACKING_MS = 3000;
/**
 * The time after which the missing answers of a silent leader are given up, in milliseconds. It is
 * not shorter, because the leader may only be busy.
 */
const SILENT_MS = 1000;

/** The patience with missing answers. */
export class Patience {
  /** The time since which the next entry waits. */
  #since: number | undefined;

  /** Returns true if the next entry has waited for too long. Called periodically. */
  isOver(
    now: number,
    { isWaiting, isSilent }: { readonly isWaiting: boolean; readonly isSilent: boolean },
  ): boolean {
    if (!isWaiting) this.#since = undefined;
    else this.#since ??= now;
    return this.#since !== undefined && now - this.#since >= (isSilent ? SILENT_MS : LACKING_MS);
  }

  /** Begins to wait anew. */
  restore(): void {
    this.#since = undefined;
  }
}
