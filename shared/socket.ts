/**
 * The part of a socket that the layers of a connection share.
 *
 * @module
 */

/** The part of a `Deno.TcpConn` in use. */
export type Socket = Pick<Deno.TcpConn, "read" | "write" | "close" | "closeWrite">;
