/**
 * Writes to standard output. An error of the output has a type of its own. Does not interpret the
 * text.
 *
 * @module
 */

import { UserError } from "./errors.ts";
import { reason } from "./files.ts";

/**
 * The exit code of a program whose output has no reader any more, as shells report it for SIGPIPE.
 */
const NO_READER_EXIT_CODE = 141;

/** The error of output that cannot be written. */
export class OutputError extends UserError {
  /** The name of the class. */
  override name = "OutputError";
  /** The exit code of the process. */
  override readonly exitCode: number;
  /** True if the reader has closed the output, as `head` does: then there is nothing to report. */
  readonly isQuiet: boolean;

  /** Makes the error from `error`, an error of the system. */
  constructor(error: unknown) {
    super(`cannot write the output: ${reason(error)}`);
    this.isQuiet = error instanceof Deno.errors.BrokenPipe;
    this.exitCode = this.isQuiet ? NO_READER_EXIT_CODE : 1;
  }
}

const encoder = new TextEncoder();

/**
 * Writes a line to standard output, completely.
 *
 * @throws {OutputError} if it cannot be written.
 */
export function writeLine(
  line: string,
  output: Pick<typeof Deno.stdout, "writeSync"> = Deno.stdout,
) {
  const bytes = encoder.encode(`${line}\n`);
  try {
    for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
  } catch (error) {
    throw new OutputError(error);
  }
}
