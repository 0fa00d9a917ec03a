/**
 * The interface of a door: the code for the protocol that the clients of a port speak, such as IRC.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import type { Connection } from "../net/connection.ts";
import type { LineRules } from "../net/line_rules.ts";
import type { Context } from "../core/context.ts";
import type { Layer } from "../net/arrival.ts";

/** The handler of one client's connection, which gets the lines that the client sends. */
export interface ConnectionHandler {
  /** Begins the conversation. Called once, first; an error closes the connection. */
  begin(): void;
  /** Handles a line, or input that is not a valid line. */
  received(found: Received): void;
  /**
   * Removes the client from the network, after it has ended its connection or lost it. If there are
   * answers still to come, returns a promise that resolves after the last of them.
   */
  leave(reason: string): void | Promise<void>;
}

/** The facts about a new connection that its door needs. */
export interface ConnectionFacts {
  /** The shared parts of the server. */
  readonly context: Context;
  /** The IP address of the client, in the form of a parameter of IRC. */
  readonly host: string;
  /**
   * The value of the capability `sts`, if the client gets that capability: see
   * `server/net/strict_transport.ts`.
   */
  readonly sts: string | undefined;
}

/** A door. */
export interface Door {
  /** The layers that a connection may begin with, such as TLS. */
  readonly layers: readonly Layer[];
  /** The rules for reading lines. */
  readonly rules: LineRules;
  /**
   * Creates the client of a new connection. The client does nothing before {@linkcode
   * ConnectionHandler.begin} is called.
   */
  open(connection: Connection, opening: ConnectionFacts): ConnectionHandler;
}
