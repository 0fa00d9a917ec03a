/**
 * Comparing what somebody claims to know with what is true.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";

/** Whether the two are equal; takes equally long wherever they differ. */
export function sameSecret(claimed: string, actual: string): boolean {
  return timingSafeEqual(digest(claimed), digest(actual));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
