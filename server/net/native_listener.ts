/**
 * Listens with `node:net`: on its sockets, TLS and WebSockets cost less than on a Node stream
 * around a connection of `Deno.listen`. Does not know the protocol.
 *
 * @module
 */

import { once } from "node:events";
import { createServer, type ListenOptions, type Server, type Socket as NodeSocket } from "node:net";
import type { Source } from "../../shared/read_queue.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { Gate } from "../../shared/turns.ts";
import { START_TEXTS } from "../texts/net.ts";
import type { Listener, TcpSocket } from "./accepting.ts";
import { DescriptorWatch } from "./descriptors.ts";

/**
 * The number of connections that are taken in one turn of the event loop. Handling the first bytes
 * of a connection takes a fraction of a millisecond, so a thousand connections at once would hold
 * up all clients.
 */
const TAKEN_AT_ONCE = 32;
/** The smallest size of a chunk that is freed as soon as it was read, in bytes. */
const LARGE_BYTES = 16 * 1024;

/**
 * Listens on an address, or takes over a socket that listens.
 *
 * @throws {Error} with the `code` of the operating system, if the server cannot listen there.
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
      queue.close();
    },
  };
}

/** The connections that were accepted, and not yet taken by `next`. */
class SocketQueue {
  readonly #accepted: () => void;
  readonly #sockets: NodeSocket[] = [];
  readonly #gate = new Gate(TAKEN_AT_ONCE);
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** Creates an empty queue, which calls `accepted` after each new connection. */
  constructor(accepted: () => void) {
    this.#accepted = accepted;
  }

  /** Returns a server that adds its connections to this queue. */
  newServer(): Server {
    return createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
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

  /** Closes the connections that wait, and makes {@linkcode next} reject. */
  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    this.fail(new Deno.errors.BadResource(START_TEXTS.listenerClosed));
  }

  /** Resolves to the next connection. */
  async next(): Promise<TcpSocket> {
    while (this.#sockets.length === 0 && this.#error === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#sockets.length > 0) await this.#gate.pass();
    const socket = this.#sockets.shift();
    if (socket) return connectionOf(socket);
    const error = this.#error;
    this.#error = undefined;
    throw error ?? new Error(START_TEXTS.listenerClosed);
  }
}

/**
 * Returns the connection of a socket.
 *
 * @throws {Deno.errors.NotConnected} if the peer has already reset it. Nothing reads from the
 * socket then, so only this function closes it.
 */
function connectionOf(socket: NodeSocket): TcpSocket {
  try {
    return new NativeSocket(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/**
 * A connection of `node:net`. For each piece that a socket receives, the runtime makes an array of
 * up to 64 KiB. So the socket receives only while a call of `read` waits: otherwise, a thousand
 * clients that send files at once would cause a thousand of these arrays in each turn.
 */
class NativeSocket extends StreamSocket implements TcpSocket {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  readonly #socket: NodeSocket;

  constructor(socket: NodeSocket) {
    // Otherwise, the stream would receive 64 KiB more while it is paused.
    Reflect.set(Reflect.get(socket, "_readableState"), "highWaterMark", 0);
    const source: Source = {
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      free: freeLarge,
    };
    super(socket, { source, readsAhead: false });
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

/**
 * Frees the memory of a large chunk. V8 frees such memory late: a server that only reads 1 GB would
 * grow by 400 MB.
 */
function freeLarge({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LARGE_BYTES) buffer.transfer(0);
}

function addressOf(hostname: string | undefined, port: number | undefined): Deno.NetAddr {
  // A listener of `Deno.listen` throws the same error for a peer that has already reset its
  // connection.
  if (hostname === undefined || port === undefined) throw new Deno.errors.NotConnected();
  return { transport: "tcp", hostname, port };
}
