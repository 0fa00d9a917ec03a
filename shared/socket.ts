/**
 * The part of a socket that the layers of a connection share.
 *
 * @module
 */

import type { Duplex } from "node:stream";

/**
 * The methods of `Deno.TcpConn` that the program uses, and two that only a socket on a Node stream
 * has.
 */
export interface Socket extends Pick<Deno.TcpConn, "read" | "write" | "close" | "closeWrite"> {
  /**
   * Returns the stream below, for a library that reads it: first `begun`, bytes that were read
   * already, and then the rest. After this call, nothing may read from the socket. Returns
   * `undefined` if the peer has ended the connection.
   */
  release?(begun: Uint8Array): Duplex | undefined;
  /**
   * Sets whether the socket also receives while no read waits. A socket without this method
   * receives only while a read waits.
   */
  readAhead?(isWanted: boolean): void;
}
