/**
 * The contract between the command line and the modes of the program. Each mode is a module that is
 * loaded only when it is run.
 *
 * @module
 */

import type { Command, Environment, Heading } from "./flags.ts";

/** The parts of the process that a mode uses. */
export interface Surroundings {
  /**
   * Prints a line to standard output.
   *
   * @throws {OutputError} if it cannot be written, or if its reader is gone.
   */
  print(line: string): void;
  /** Prints a line to standard error. */
  printError(line: string): void;
  /** The environment variables. */
  readonly environment: Environment;
  /** Begins the work that the first TLS handshake would wait for. */
  prepareTls(): void;
  /** Gives up a permission, for good. */
  giveUp(permission: Permission): void;
  /** Returns true if standard output is a terminal. */
  isTerminal(): boolean;
  /** Resolves when the process is asked to stop. At a second request the process ends at once. */
  stopRequest(): Promise<void>;
  /**
   * Keeps SIGHUP from ending the process, from now on. At each SIGHUP, calls `closed` if the
   * terminal from which the process was started is gone, and otherwise `action`.
   */
  onHangUp(action: () => void, closed: () => void): void;
  /**
   * Passes errors that no code catches, as in timers and sockets, to `report` from now on. Before
   * this is called, an uncaught error ends the process.
   */
  onUncaught(report: (error: unknown) => void): void;
}

/** The exports of the module of a mode. */
export interface LoadedMode {
  /** The flags of the mode, and its help. */
  readonly command: Command;
  /** Runs the mode with the arguments after its name; returns the exit code. */
  run(args: readonly string[], surroundings: Surroundings): number | Promise<number>;
}

/** The permissions of the program that not every mode uses. */
export const PERMISSIONS = ["net", "read", "sys", "write"] as const;
/** One of {@linkcode PERMISSIONS}. */
export type Permission = typeof PERMISSIONS[number];

/** A mode of the program. */
export interface Mode extends Heading {
  /** The permissions that it uses. The program gives up the others before it runs the mode. */
  readonly uses: readonly Permission[];
  /** Loads the module of the mode. */
  load(): Promise<LoadedMode>;
}
