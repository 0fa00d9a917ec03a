/**
 * Texts about lines that the server does not accept.
 *
 * @module
 */

/** Texts of FAIL for a line that is not accepted, by code. */
export const LINE_TEXTS = {
  tooLong: "Input line was too long and was ignored; send shorter lines",
  INVALID_UTF8: "Lines must be UTF-8; this one was ignored",
  INVALID_CHARACTERS: "Lines cannot contain NUL or CR; this one was ignored",
} as const;
