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

/**
 * Passes a line to `handler` once all earlier events have been applied, because the handler's
 * decisions depend on the present state. Until then, no further line is read.
 */
export function receive(
  context: Context,
  connection: Connection,
  handler: ConnectionHandler,
  found: Received,
): void {
  let isDone = false;
  context.afterwards(() => {
    isDone = true;
    const act = () => handler.received(found);
    if (!context.guard("a line failed", {}, act)) connection.destroy(SESSION_TEXTS.internalError);
  });
  if (!isDone) context.afterwards(connection.pause());
}
