/**
 * Read markers: how far each user has read in each channel and private conversation. All clients of
 * a user share them, and no other user sees them. A marker has a reader (the folded name of the
 * user's account or, without an account, `~` and the user's id) and a target (the channel, or the
 * nick of the other user).
 *
 * Source: https://ircv3.net/specs/extensions/read-marker
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor } from "../events/actor.ts";
import { identityOf, isAccount } from "./person.ts";
import type { ReadMarker } from "../events/records.ts";

/** The largest number of markers of one user. */
export const MARKER_LIMIT = 1000;

/** The read markers of all users. */
export class ReadMarkers {
  readonly #byReader = new Map<string, Map<string, number>>();

  /**
   * Returns the time up to which `reader` has read `target`, in milliseconds since 1970-01-01 UTC;
   * `undefined` if there is no marker.
   */
  get(reader: string, target: string): number | undefined {
    return this.#byReader.get(reader)?.get(casefold(target));
  }

  /**
   * Returns the folded targets of at most `limit` markers of `reader`, those with the latest times
   * first.
   */
  latestOf(reader: string, limit: number): string[] {
    const markers = [...this.#byReader.get(reader) ?? []];
    return markers.sort(([, one], [, other]) => other - one).slice(0, limit)
      .map(([target]) => target);
  }

  /** Yields all markers; their targets are folded. */
  *all(): Generator<ReadMarker> {
    for (const [reader, markers] of this.#byReader) {
      for (const [target, upTo] of markers) yield { reader, target, upTo };
    }
  }

  /** Returns the number of markers of `reader`. */
  countOf(reader: string): number {
    return this.#byReader.get(reader)?.size ?? 0;
  }

  /** Sets a marker. */
  set({ reader, target, upTo }: ReadMarker): void {
    const markers = this.#byReader.get(reader) ?? new Map<string, number>();
    this.#byReader.set(reader, markers);
    markers.set(casefold(target), upTo);
  }

  /** Returns the markers in `target`, one for each user who has one. */
  in(target: string): ReadMarker[] {
    const key = casefold(target);
    const found: ReadMarker[] = [];
    for (const [reader, markers] of this.#byReader) {
      const upTo = markers.get(key);
      if (upTo !== undefined) found.push({ reader, target, upTo });
    }
    return found;
  }

  /**
   * Moves the markers of a renamed channel; the markers of an earlier channel called `to` are
   * removed.
   */
  rename(from: string, to: string): void {
    const moved = this.in(from);
    const keys = [casefold(from), casefold(to)];
    for (const [reader, markers] of this.#byReader) {
      for (const key of keys) markers.delete(key);
      if (markers.size === 0) this.#byReader.delete(reader);
    }
    for (const marker of moved) this.set({ ...marker, target: to });
  }

  /** Removes the markers of a user who leaves, unless they have an account. */
  forget(actor: Actor): void {
    const reader = identityOf(actor);
    if (!isAccount(reader)) this.#byReader.delete(reader);
  }

  /** Removes the markers of an account. */
  forgetAccount(account: string): void {
    this.#byReader.delete(casefold(account));
  }
}
