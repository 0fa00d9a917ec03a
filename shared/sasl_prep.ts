/**
 * Prepares passwords, so that one that is typed in another way, or on another keyboard, is the same.
 *
 * Source: RFC 4013 (SASLprep), section 2, without its lists of prohibited and unassigned characters, since
 * no password needs to be rejected for them.
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
 * Returns the forms in which clients may send a password, without repetition: as SASLprep demands, as
 * clients send it that only normalize it, and as it was typed.
 */
export function passwordForms(password: string): readonly string[] {
  return [...new Set([saslPrep(password), password.normalize("NFKC"), password])];
}
