/**
 * The buffers of all sessions of a client, numbered in the order in which they were opened: rooms
 * before the private conversations of earlier sessions that the user has not seen yet.
 * Performs no I/O.
 *
 * @module
 */

import type { Buffer } from "./buffer.ts";

/** Returns the names by which a user may mean a buffer. */
export type NamesOf = (buffer: Buffer) => readonly string[];

/** The buffers that the user can switch between. */
export class BufferList {
  readonly #all: Buffer[] = [];

  /** The buffers, in the order in which they were opened. */
  get all(): readonly Buffer[] {
    return this.#all;
  }

  /**
   * Adds a buffer at the end. A room comes before restored conversations, so that the rooms of the
   * last session get the first numbers, whatever arrives first.
   */
  add(buffer: Buffer): void {
    const isLast = buffer.kind === "person";
    const last = this.#all.findLastIndex(({ isRestored }) => isLast || !isRestored);
    this.#all.splice(last + 1, 0, buffer);
  }

  /** Removes a buffer. */
  remove(buffer: Buffer): void {
    const at = this.#all.indexOf(buffer);
    if (at >= 0) this.#all.splice(at, 1);
  }

  /**
   * Returns the buffer `step` places after `buffer`, or before it if `step` is negative. After the
   * end of the list comes its beginning.
   */
  next(buffer: Buffer | undefined, step: number): Buffer | undefined {
    const count = this.#all.length;
    const at = this.#all.findIndex((each) => each === buffer);
    return this.#all[(at + step + count) % count];
  }

  /**
   * Returns the next buffer after `buffer` that mentions the user; if there is none, the next one
   * with unread messages.
   */
  nextUnread(buffer: Buffer | undefined): Buffer | undefined {
    const at = this.#all.findIndex((each) => each === buffer);
    const others = [...this.#all.slice(at + 1), ...this.#all.slice(0, Math.max(0, at))];
    return others.find(({ mentions }) => mentions > 0) ?? others.find(({ unread }) => unread > 0);
  }

  /**
   * Returns the buffers with a name that contains `text`, or at least its letters in their order.
   * The best matches come first.
   */
  matching(text: string, namesOf: NamesOf = ({ name }) => [name]): Buffer[] {
    const ranked = this.#all.map((buffer) => {
      const ranks = namesOf(buffer).map((name) => rankOf(name, text.toLowerCase()));
      return { buffer, rank: Math.min(...ranks) };
    });
    return ranked.filter(({ rank }) => rank < Infinity)
      .toSorted((one, other) => one.rank - other.rank).map(({ buffer }) => buffer);
  }
}

/** Returns the rank of `name` for `letters`: 0 is the best, and infinity means no match. */
function rankOf(name: string, letters: string): number {
  const word = name.toLowerCase().replace(/^#+/, "");
  const at = word.indexOf(letters.replace(/^#+/, ""));
  if (at >= 0) return at === 0 ? word.length === letters.length ? 0 : 1 : 2;
  return isWithin(letters, name.toLowerCase()) ? 3 : Infinity;
}

/** Returns true if `text` has all of `letters`, in their order. */
function isWithin(letters: string, text: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
