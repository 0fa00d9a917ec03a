/**
 * Passes the lines of a connection to its handler, one after the other. If the handler throws an
 * error, the error is logged, and only this connection is closed.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import type { Context } from "../core/context.ts";
import type { Connection } from "../net/connection.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { ConnectionHandler } from "./door.ts";

/** Passes a line to `handler`; closes the connection if that fails. */
export function receive(
  context: Context,
  connection: Connection,
  handler: ConnectionHandler,
  found: Received,
): void {
  const act = () => handler.received(found);
  if (!context.guard("a line failed", {}, act)) connection.destroy(SESSION_TEXTS.internalError);
}
