/**
 * Listens with `node:net`, on whose sockets TLS and WebSockets cost less than on a Node stream
 * around a connection of `Deno.listen`. Does not know the protocol.
 *
 * @module
 */

import { once } from "node:events";
import { createServer, type ListenOptions, type Server, type Socket as NodeSocket } from "node:net";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { START_TEXTS } from "../texts/net.ts";
import type { Listener, TcpSocket } from "./accepting.ts";
import { DescriptorWatch } from "./descriptors.ts";

/**
 * Listens on an address, or takes over a socket that listens.
 *
 * @throws {Error} with the `code` of the operating system, if it cannot listen there.
 */
export async function listenNatively(
  options: ListenOptions & { readonly fd?: number },
): Promise<Listener> {
  const queue = new SocketQueue(() => watch.lookSoon());
  let server = queue.newServer();
  const watch = new DescriptorWatch({
    lacked: (error) => queue.fail(error),
    listenAgain() {
      const next = queue.newServer();
      next.listen(server);
      server = next;
    },
  });
  server.listen(options);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    server.close();
    throw new Error(START_TEXTS.notTcp);
  }
  const { address: hostname, port } = address;
  watch.start();
  return {
    addr: { transport: "tcp", hostname, port },
    accept: () => queue.next(),
    close() {
      watch.stop();
      server.close();
      queue.fail(new Deno.errors.BadResource(START_TEXTS.listenerClosed));
    },
  };
}

/** The connections that were accepted, and not yet taken by `next`. */
class SocketQueue {
  readonly #accepted: () => void;
  readonly #sockets: NodeSocket[] = [];
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** Creates an empty queue, which calls `accepted` after each new connection. */
  constructor(accepted: () => void) {
    this.#accepted = accepted;
  }

  /** Returns a server that adds its connections to this queue. */
  newServer(): Server {
    return createServer({ allowHalfOpen: true }, (socket) => {
      // Handles errors before the first read. After that, the reader gets them, too.
      socket.on("error", () => {});
      this.#sockets.push(socket);
      this.#wake?.();
      this.#accepted();
    });
  }

  /**
   * Makes one call of `next` reject: the waiting call, or the first one that finds no connection.
   */
  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }

  /** Resolves to the next connection. */
  async next(): Promise<TcpSocket> {
    while (this.#sockets.length === 0 && this.#error === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const socket = this.#sockets.shift();
    if (socket) return new NativeSocket(socket);
    const error = this.#error;
    this.#error = undefined;
    throw error ?? new Error(START_TEXTS.listenerClosed);
  }
}

/** A connection of `node:net`. */
class NativeSocket extends StreamSocket implements TcpSocket {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  readonly #socket: NodeSocket;

  constructor(socket: NodeSocket) {
    super(socket);
    this.#socket = socket;
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.localAddr = addressOf(localAddress, localPort);
    this.remoteAddr = addressOf(remoteAddress, remotePort);
  }

  setNoDelay(on: boolean): void {
    this.#socket.setNoDelay(on);
  }

  setKeepAlive(on: boolean): void {
    this.#socket.setKeepAlive(on);
  }
}

function addressOf(hostname: string | undefined, port: number | undefined): Deno.NetAddr {
  // A listener of `Deno.listen` throws the same error for a peer that has already reset its
  // connection.
  if (hostname === undefined || port === undefined) throw new Deno.errors.NotConnected();
  return { transport: "tcp", hostname, port };
}
