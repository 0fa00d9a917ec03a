/**
 * The contract between the command line and what it starts: each mode of the program is a module
 * that is loaded only when it is asked for.
 *
 * @module
 */

import type { Command, Environment, Heading } from "./flags.ts";

/** The process, as a mode uses it. */
export interface Surroundings {
  /** Takes a line for standard output. */
  print(line: string): void;
  /** Takes a line for standard error. */
  printError(line: string): void;
  /** The variables of the environment. */
  readonly environment: Environment;
  /** Returns whether standard output is a terminal. */
  isTerminal(): boolean;
  /** Resolves when the process is asked to stop; asked a second time, the process ends at once. */
  stopRequest(): Promise<void>;
}

/** The exports of the module of a mode. */
export interface LoadedMode {
  /** The flags of the mode, and its help. */
  readonly command: Command;
  /** Runs the mode with the words behind its name; returns the exit code. */
  run(args: readonly string[], surroundings: Surroundings): number | Promise<number>;
}

/** A mode of the program. */
export interface Mode extends Heading {
  /** Loads it. */
  load(): Promise<LoadedMode>;
}
