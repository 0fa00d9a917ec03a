/**
 * Failures that whoever started the program can do something about. The program shows such a
 * message as it is, on one line, and never with a stack trace.
 *
 * @module
 */

/** Something outside the program went wrong: its message says what, and what to do. Exit code 1. */
export class UserError extends Error {
  /** As shown where nothing else says what kind of error it is. */
  override name = "UserError";
  /** The code the process exits with when nobody handles this. */
  readonly exitCode: number = 1;
}

/** What trying again by itself cannot mend. */
export class FinalError extends UserError {
  /** As shown where nothing else says what kind of error it is. */
  override name = "FinalError";
}

/** The command line is wrong. Exit code 2. */
export class UsageError extends UserError {
  /** As shown where nothing else says what kind of error it is. */
  override name = "UsageError";
  /** What shells and other programs end with when they are used wrongly. */
  override readonly exitCode = 2;
}
