/**
 * Divides the events of a list into parts, whose elements are made and removed together. Performs
 * no I/O.
 *
 * @module
 */

import type { Item } from "./timeline.ts";

/** The number of events in one part. */
const PART_SIZE = 10;

/** A part of the list: events whose elements are made and removed together. */
export interface ListPart {
  /** The number; later parts have greater ones. */
  readonly number: number;
  /** The events. */
  readonly items: readonly Item[];
}

/**
 * Divides a list; an event stays in its part when others are added at either end. Parts that have
 * not changed since `before` are the same objects, so that they need not be drawn again.
 */
export function partsOf(items: readonly Item[], before: readonly ListPart[] = []): ListPart[] {
  const known = new Map(before.map((part) => [part.number, part]));
  const parts = Map.groupBy(items, ({ key }) => Math.floor(key / PART_SIZE));
  return [...parts].map(([number, items]) => {
    const last = known.get(number);
    return last && isSame(last.items, items) ? last : { number, items };
  });
}

function isSame(one: readonly Item[], other: readonly Item[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

/** Returns the number of the first event of a part. */
export function firstOf(part: number): number {
  return part * PART_SIZE;
}
