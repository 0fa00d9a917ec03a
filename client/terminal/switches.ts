/**
 * The keys that switch to another buffer. Pure.
 *
 * @module
 */

import type { Buffer, Buffers } from "../session/buffers.ts";

/** The buffer to which each key switches. */
export const SWITCHES: Readonly<Record<string, (buffers: Buffers) => Buffer | undefined>> = {
  "alt-left": (buffers) => buffers.next(-1),
  "alt-right": (buffers) => buffers.next(1),
  "ctrl-p": (buffers) => buffers.next(-1),
  "ctrl-n": (buffers) => buffers.next(1),
  "alt-a": (buffers) => buffers.nextUnread(),
  ...Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`alt-${i + 1}`, (buffers: Buffers) => buffers.all[i]]),
  ),
};
