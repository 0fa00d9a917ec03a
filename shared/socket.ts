/**
 * The part of a socket that the layers of a connection share.
 *
 * @module
 */

import type { Duplex } from "node:stream";

/** The methods of a `Deno.TcpConn` that are used, and one that only a socket on a Node stream has. */
export interface Socket extends Pick<Deno.TcpConn, "read" | "write" | "close" | "closeWrite"> {
  /**
   * Gives up the stream for a library that reads from it: first `begun`, which was already read,
   * then the rest. Returns `undefined` if the peer has ended. Then nobody may read from the socket.
   */
  release?(begun: Uint8Array): Duplex | undefined;
}
