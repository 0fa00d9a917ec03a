/**
 * Compares secrets, and generates random ones.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/** Returns true if the two texts are equal. The check takes equally long wherever they differ. */
export function sameSecret(claimed: string, actual: string): boolean {
  return timingSafeEqual(digest(claimed), digest(actual));
}

/** The number of random bytes of a secret: 128 bits cannot be guessed. */
const SECRET_BYTES = 16;

/** Returns a random text that cannot be guessed, and that needs no quotes in any shell. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("hex");
}

/** Letters that are not mistaken for one another, or for digits. */
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 8;

/**
 * Returns a random code that a user can read on one screen and type at another, such as
 * `KWRD-TNXB`. There are few enough codes to try them all in some years, so a code must expire
 * within minutes.
 */
export function newCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => randomInt(CODE_LETTERS.length));
  return withDash(letters.map((index) => CODE_LETTERS[index]).join(""));
}

/** Returns true if what a user has typed has the form of a code. */
export function isCode(typed: string): boolean {
  return /^[A-Z]{8}$/i.test(typed.replaceAll("-", ""));
}

/** Returns the secret that a user has typed: a code may be in lower case and without its dash. */
export function readSecret(typed: string): string {
  return isCode(typed) ? withDash(typed.replaceAll("-", "").toUpperCase()) : typed;
}

function withDash(letters: string): string {
  return `${letters.slice(0, CODE_LENGTH / 2)}-${letters.slice(CODE_LENGTH / 2)}`;
}

/**
 * Returns the hash of a secret that cannot be guessed. The server stores the hash, and recognizes
 * the secret by it.
 */
export function hashOf(secret: string): string {
  return digest(secret).toString("hex");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
