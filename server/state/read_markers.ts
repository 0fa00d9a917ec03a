/**
 * How far people have read, in each channel and conversation. It is for their own eyes: all their
 * clients share it, and nobody else is told.
 *
 * Source: https://ircv3.net/specs/extensions/read-marker
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor } from "../events.ts";
import { identityOf, isAccount } from "./person.ts";

/** One person can have so many markers. */
export const MARKER_LIMIT = 1000;

/** A marker: all that is kept of it. */
export interface ReadMarker {
  /** Whose it is, as history names people. */
  readonly reader: string;
  /** The channel, or the nick of the other one. */
  readonly target: string;
  /** When the last message that was read was said; milliseconds since 1970-01-01 UTC. */
  readonly upTo: number;
}

/** The markers of everybody. */
export class ReadMarkers {
  readonly #byReader = new Map<string, Map<string, number>>();

  /** Up to when `reader` has read what was said in or by `target`, if that is known. */
  get(reader: string, target: string): number | undefined {
    return this.#byReader.get(reader)?.get(casefold(target));
  }

  /** The folded targets of at most `limit` markers of `reader`, those who were read last first. */
  latestOf(reader: string, limit: number): string[] {
    const markers = [...this.#byReader.get(reader) ?? []];
    return markers.sort(([, one], [, other]) => other - one).slice(0, limit)
      .map(([target]) => target);
  }

  /** How many markers `reader` has. */
  countOf(reader: string): number {
    return this.#byReader.get(reader)?.size ?? 0;
  }

  /** Sets a marker. */
  set({ reader, target, upTo }: ReadMarker): void {
    const markers = this.#byReader.get(reader) ?? new Map<string, number>();
    this.#byReader.set(reader, markers);
    markers.set(casefold(target), upTo);
  }

  /** Forgets the markers of somebody who goes, unless they will be recognized when they come again. */
  forget(actor: Actor): void {
    const reader = identityOf(actor);
    if (!isAccount(reader)) this.#byReader.delete(reader);
  }

  /** Forgets the markers of an account that is no more. */
  forgetAccount(account: string): void {
    this.#byReader.delete(casefold(account));
  }
}
