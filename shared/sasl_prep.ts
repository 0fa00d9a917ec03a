/**
 * Brings passwords into one form, so that a password matches however it is typed, on any keyboard.
 *
 * Source: RFC 4013 (SASLprep), section 2. Its lists of prohibited and unassigned characters are
 * left out, since no password needs to be rejected for them.
 *
 * @module
 */

/** Spaces that are not ASCII (RFC 3454, table C.1.2). */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** Characters that are commonly mapped to nothing (RFC 3454, table B.1). */
const NOTHING = /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/g;

/** Returns the form of a password that SASLprep demands. */
export function saslPrep(password: string): string {
  return password.replace(OTHER_SPACES, " ").replace(NOTHING, "").normalize("NFKC");
}

/**
 * Returns the forms in which clients may send a password, without duplicates: prepared as SASLprep
 * demands, only normalized, and as typed.
 */
export function passwordForms(password: string): readonly string[] {
  return [...new Set([saslPrep(password), password.normalize("NFKC"), password])];
}
