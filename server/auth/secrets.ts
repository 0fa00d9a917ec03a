/**
 * Comparing what somebody claims to know with what is true, and secrets that nobody has to remember.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

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

/** Letters of which none is taken for another, or for a digit. */
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 8;

/**
 * A secret to read from one screen and type at another, such as `KWRD-TNXB`. It could be guessed in
 * years, so it has to end in minutes.
 */
export function newCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => randomInt(CODE_LETTERS.length));
  return withDash(letters.map((index) => CODE_LETTERS[index]).join(""));
}

/** A secret as it was made, of how somebody typed it: a code may be in small letters, and undivided. */
export function readSecret(typed: string): string {
  const letters = typed.replaceAll("-", "").toUpperCase();
  return /^[A-Z]{8}$/.test(letters) ? withDash(letters) : typed;
}

function withDash(letters: string): string {
  return `${letters.slice(0, CODE_LENGTH / 2)}-${letters.slice(CODE_LENGTH / 2)}`;
}

/** What to keep of a text that nobody can guess, so as to recognize it and not to know it. */
export function hashOf(secret: string): string {
  return digest(secret).toString("hex");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
