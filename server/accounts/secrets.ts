/**
 * Comparing what somebody claims to know with what is true, and secrets that nobody has to remember.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Whether the two are equal; takes equally long wherever they differ. */
export function sameSecret(claimed: string, actual: string): boolean {
  return timingSafeEqual(digest(claimed), digest(actual));
}

/** 128 bits: as many as nobody can guess. */
const SECRET_BYTES = 16;

/** A text that nobody can guess, and that needs no quoting anywhere. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("hex");
}

/** What to keep of a text that nobody can guess, so as to recognize it and not to know it. */
export function hashOf(secret: string): string {
  return digest(secret).toString("base64url");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
