/**
 * The timed bans of channels, each of which ends at a certain time. Finds the bans that have ended,
 * without a search of all channels. Part of the network's state.
 *
 * @module
 */

import type { ListEntry } from "../events/records.ts";
import type { Channel } from "./state.ts";

/** A ban that has ended, and its channel. */
export interface EndedBan {
  /** The channel. */
  readonly channel: Channel;
  /** The mask, as it is in the list. */
  readonly mask: string;
}

const NONE: readonly EndedBan[] = [];

/** The timed bans of all channels. */
export class TimedBans {
  /** For each channel with timed bans, the time at which the first of them ends. */
  readonly #firstEnds = new Map<Channel, number>();
  /** A time before which no ban ends. */
  #next = Infinity;

  /** Notes when the bans of `channel` end; called when they may have changed. */
  follow(channel: Channel): void {
    const end = bansOf(channel).reduce((first, ban) => Math.min(first, endOf(ban)), Infinity);
    if (end === Infinity) return this.forget(channel);
    this.#firstEnds.set(channel, end);
    this.#next = Math.min(this.#next, end);
  }

  /** Drops the bans of a channel that has ended. */
  forget(channel: Channel): void {
    this.#firstEnds.delete(channel);
  }

  /** Returns bans that have ended at `now` and are still in their list, at most `limit`. */
  ended(now: number, limit: number): readonly EndedBan[] {
    if (now < this.#next) return NONE;
    const found: EndedBan[] = [];
    let next = Infinity;
    for (const [channel, end] of this.#firstEnds) {
      next = Math.min(next, end);
      if (end > now) continue;
      for (const ban of bansOf(channel)) {
        if (endOf(ban) <= now && found.length < limit) found.push({ channel, mask: ban.mask });
      }
    }
    this.#next = next;
    return found;
  }
}

const NO_BANS: ReadonlyMap<string, ListEntry> = new Map();

function bansOf({ lists }: Channel): MapIterator<ListEntry> {
  return (lists.get("b") ?? NO_BANS).values();
}

function endOf({ until = Infinity }: ListEntry): number {
  return until;
}
