/**
 * The part of a socket that the layers of a connection share.
 *
 * @module
 */

/** The methods of a `Deno.TcpConn` that are used. */
export type Socket = Pick<Deno.TcpConn, "read" | "write" | "close" | "closeWrite">;
