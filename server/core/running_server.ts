/**
 * The interface of a running server, for the code that starts it.
 *
 * @module
 */

import type { ListenAddress, Listening } from "../config/options.ts";

/** A running server. */
export interface Server {
  /**
   * The addresses that it listens on. If an option gave port 0, this has the port that the system
   * chose.
   */
  readonly addresses: readonly Listening[];
  /** The address of the server of `--metrics`, if there is one. */
  readonly metricsServer: ListenAddress | undefined;
  /** The numbers of connections and of users. */
  readonly counts: { readonly connections: number; readonly users: number };
  /**
   * Makes a token that gives ownership of the server; returns `undefined` if the server has an
   * operator. An earlier token that was not used becomes invalid.
   */
  claim(): string | undefined;
  /**
   * Reads the configuration file again, like the IRC command REHASH. Logs the result, with `by` as
   * the name of the user or signal that asked for it.
   */
  reload(by: string): void;
  /** Logs an error of the program that no code has caught; the server goes on. */
  reportFault(error: unknown): void;
  /**
   * Stops accepting connections, tells all clients that the server shuts down, and closes their
   * connections within two seconds. It can be called again.
   */
  close(): Promise<void>;
}
