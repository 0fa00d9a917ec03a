/**
 * Computes a number for each nick, so that the nick always has the same color. Performs no I/O.
 *
 * @module
 */

import { trimSignsAtEnd } from "../../shared/text.ts";

/**
 * Returns a number of 32 bits for `nick`: the same on every machine, and for variants such as
 * `ann_`.
 */
export function nickHash(nick: string): number {
  return hash(baseOf(nick));
}

/** Returns a nick without the signs that its user adds to vary it: `Ann_` becomes `ann`. */
function baseOf(nick: string): string {
  const lower = nick.toLowerCase();
  return trimSignsAtEnd(lower, "_`|") || lower.charAt(0);
}

/** Returns the FNV-1a hash of `text`, 32 bits: the same on every machine. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
