/**
 * Errors that the user of the program can do something about. The program shows their messages as
 * they are, on one line, without a stack trace.
 *
 * @module
 */

/**
 * An error with a cause outside the program. Its message says what happened and what to do. Exit
 * code 1.
 */
export class UserError extends Error {
  /** The name of the class. */
  override name = "UserError";
  /** The exit code of the process if the error is not caught. */
  readonly exitCode: number = 1;
  /** The message without the advice. */
  readonly reason: string;

  /** Creates an error for this `reason`, with `advice` on what to do about it, if there is any. */
  constructor(reason: string, advice?: string) {
    super(advice === undefined ? reason : `${reason}: ${advice}`);
    this.reason = reason;
  }
}

/** An error that trying again cannot fix. */
export class FinalError extends UserError {
  /** The name of the class. */
  override name = "FinalError";
}

/**
 * The error of a server that cannot be reached, or does not answer yet. Trying again may succeed.
 */
export class UnreachableError extends UserError {
  /** The name of the class. */
  override name = "UnreachableError";
}

/** An error in the command line. Exit code 2. */
export class UsageError extends UserError {
  /** The name of the class. */
  override name = "UsageError";
  /** The usual exit code of programs that are used wrongly. */
  override readonly exitCode = 2;
}
