/**
 * Accepts the connections of a listener. Continues after any failure: a lack of file descriptors, a
 * peer that has already left, or an error of the code that takes a connection. Does not know the
 * protocol.
 *
 * @module
 */

import type { ListenAddress, Listening } from "../config/options.ts";
import type { Guard } from "../../shared/guard.ts";
import type { Log } from "../../shared/log.ts";
import type { Socket } from "../../shared/socket.ts";

/** The part of an accepted `Deno.TcpConn` that is used. */
export type TcpSocket =
  & Socket
  & Pick<Deno.TcpConn, "localAddr" | "remoteAddr" | "setKeepAlive" | "setNoDelay">;

/** The part of a `Deno.TcpListener` that is used. */
export interface Listener extends Pick<Deno.TcpListener, "addr" | "close"> {
  /** Resolves to the next connection. */
  accept(): Promise<TcpSocket>;
}

/** The purpose of a port: a kind of door, or the metrics server. */
export type Purpose = Listening["kind"] | "metrics";

/**
 * Opens a port.
 *
 * @throws {Error} with the `code` of the operating system, if the port cannot be opened.
 */
export type Listen = (purpose: Purpose, address: ListenAddress) => Promise<Listener>;

/** The parts that accepting needs. */
export interface AcceptingParts {
  /** The guard of the server. */
  readonly guard: Guard;
  /** The log of the server. */
  readonly log: Log;
  /** Returns true once the listener is being closed. */
  isClosing(): boolean;
}

/** The pause after a failure to accept, such as a lack of file descriptors, in milliseconds. */
const EXHAUSTED_MS = 200;

/**
 * Passes each connection of `listener` to `take`, until the listener is closed. Never rejects.
 * While no connection can be accepted, new clients wait, and connected clients stay connected.
 */
export async function acceptAll(
  listener: Listener,
  { guard, log, isClosing }: AcceptingParts,
  take: (socket: TcpSocket) => void,
): Promise<void> {
  const { port } = listener.addr;
  let isFailing = false;
  while (!isClosing()) {
    let socket: TcpSocket;
    try {
      socket = await listener.accept();
    } catch (error) {
      if (isClosing() || error instanceof Deno.errors.BadResource) return;
      // The peer has already reset its connection. The next connection is accepted without a pause.
      if (error instanceof Deno.errors.NotConnected) continue;
      // Probably no file descriptors are left.
      if (!isFailing) log.error("cannot accept connections", { port, error: String(error) });
      isFailing = true;
      await new Promise<void>((resolve) => guard.clock.after(EXHAUSTED_MS, resolve));
      continue;
    }
    if (isFailing) log.info("connections are accepted again", { port });
    isFailing = false;
    if (!guard.run("a connection could not be taken", { port }, () => take(socket))) {
      guard.run("a connection could not be closed", { port }, () => socket.close());
    }
  }
}
