/**
 * A door of the server: the kind of conversation that begins at a port, and what it needs.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import type { Connection, LineRules } from "../net/connection.ts";
import type { Context } from "../core/context.ts";
import type { Layer } from "../net/arrival.ts";

/** A client behind a door, as its connection sees it. */
export interface ConnectionHandler {
  /** Acts on a line that came, or on something that is not one. */
  received(found: Received): void;
  /** Takes the client off the network: its connection is over. */
  leave(reason: string): void;
}

/** The facts of a connection that its door is told. */
export interface Opening {
  /** The server's shared parts. */
  readonly context: Context;
  /** The address of the client, as others see it. */
  readonly host: string;
  /** What the client is told of `sts`, if anything; see `server/net/strict_transport.ts`. */
  readonly sts: string | undefined;
}

/** A kind of door. */
export interface Door {
  /** The flag that chooses its port. */
  readonly flag: string;
  /** The layers that may stand before lines, such as TLS. */
  readonly layers: readonly Layer[];
  /** How lines come. */
  readonly rules: LineRules;
  /** Lets in a client that has arrived. */
  open(connection: Connection, opening: Opening): ConnectionHandler;
}
