/**
 * Reads the keys of a terminal. An incomplete sequence or paste ends after a pause, so that the
 * keys after it are not taken for a part of it. This module does not know the effect of a key.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";
import { type Key, KeyReader } from "./keys.ts";
import type { Stdio } from "./stdio.ts";

/** The time after which an ESC without a next byte is the Escape key, in milliseconds. */
const ESCAPE_WAIT = 50;

/** The time without input after which an open paste counts as complete, in milliseconds. */
const PASTE_WAIT = 1000;

/**
 * Calls `receive` for each key; resolves when it returns true, or at the end of the input. Keys
 * that were read together with the last key, but come after it, are lost.
 */
export async function readKeys(
  stdin: Stdio["stdin"],
  clock: Clock,
  receive: (key: Key) => boolean,
): Promise<void> {
  const reader = new KeyReader();
  const buffer = new Uint8Array(4096);
  let cancelWait: Cancel = () => {};
  const settle = () => void reader.settle().some(receive);
  for (;;) {
    // Reading fails if the terminal was closed.
    const count = await stdin.read(buffer).catch(() => null);
    cancelWait();
    if (count === null || reader.feed(buffer.subarray(0, count)).some(receive)) return;
    if (!reader.isUndecided) continue;
    cancelWait = clock.after(reader.isPasting ? PASTE_WAIT : ESCAPE_WAIT, settle);
  }
}
