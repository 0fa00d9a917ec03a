/**
 * The keys that switch to another buffer. Performs no I/O.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { BufferList } from "../session/buffer_list.ts";

/** Returns the buffer to switch to from the `current` one. */
export type Switch = (list: BufferList, current: Buffer | undefined) => Buffer | undefined;

/** The buffer to which each key switches. */
export const SWITCHES: Readonly<Record<string, Switch>> = {
  "alt-left": (list, current) => list.next(current, -1),
  "alt-right": (list, current) => list.next(current, 1),
  "ctrl-p": (list, current) => list.next(current, -1),
  "ctrl-n": (list, current) => list.next(current, 1),
  "alt-a": (list, current) => list.nextUnread(current),
  ...Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`alt-${i + 1}`, (list: BufferList) => list.all[i]]),
  ),
};
