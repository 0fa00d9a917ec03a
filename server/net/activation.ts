/**
 * Takes over the listening sockets that a service manager such as systemd has opened. With these,
 * clients can connect while the server starts again, and the server needs no right to open its
 * ports. Does not know the protocol.
 *
 * Source: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 *
 * @module
 */

import { createServer, type Socket as NodeSocket } from "node:net";
import { once } from "node:events";
import { UserError } from "../../shared/errors.ts";
import type { Environment } from "../../shared/flags.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { START_TEXTS } from "../texts/net.ts";
import type { Listener, TcpSocket } from "./accepting.ts";

/** The first file descriptor that is passed. */
const FIRST_DESCRIPTOR = 3;

/** The sockets that were passed to this process. */
export class PassedSockets {
  readonly #listeners: Map<number, Listener>;

  private constructor(listeners: Map<number, Listener>) {
    this.#listeners = listeners;
  }

  /**
   * Takes over the sockets that were passed to the process `pid`.
   *
   * @throws {UserError} if one of them is not a listening TCP socket.
   */
  static async takeOver(environment: Environment, pid: number): Promise<PassedSockets> {
    const isForUs = environment.get("LISTEN_PID") === String(pid);
    const count = isForUs ? Number(environment.get("LISTEN_FDS") ?? 0) : 0;
    const listeners = new Map<number, Listener>();
    for (let fd = FIRST_DESCRIPTOR; fd < FIRST_DESCRIPTOR + count; fd++) {
      const listener = await passedListener(fd);
      listeners.set(listener.addr.port, listener);
    }
    return new PassedSockets(listeners);
  }

  /** Opens a port: returns the socket that was passed for it, on any host, or a new one. */
  readonly listen = (options: Deno.TcpListenOptions): Listener => {
    const { port = 0 } = options;
    const passed = this.#listeners.get(port);
    this.#listeners.delete(port);
    return passed ?? Deno.listen(options);
  };

  /**
   * Checks that the server uses all sockets.
   *
   * @throws {UserError} if a socket has a port that no flag names.
   */
  assertAllUsed(): void {
    const [port] = this.#listeners.keys();
    if (port !== undefined) throw new UserError(START_TEXTS.unusedSocket(port));
  }
}

async function passedListener(fd: number): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const queue = new SocketQueue();
  server.on("connection", (socket) => queue.add(socket));
  try {
    server.listen({ fd });
    await once(server, "listening");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(START_TEXTS.badSocket(fd, reason));
  }
  server.on("error", (error) => queue.fail(error));
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new UserError(START_TEXTS.badSocket(fd, START_TEXTS.notTcp));
  }
  const { address: hostname, port } = address;
  return {
    addr: { transport: "tcp", hostname, port },
    accept: () => queue.next(),
    close() {
      server.close();
      queue.fail(new Deno.errors.BadResource(START_TEXTS.listenerClosed));
    },
  };
}

/** The connections that were accepted, and not yet taken by `next`. */
class SocketQueue {
  readonly #sockets: NodeSocket[] = [];
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  add(socket: NodeSocket): void {
    // Handles errors before the first read. After that, the reader gets them, too.
    socket.on("error", () => {});
    this.#sockets.push(socket);
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }

  async next(): Promise<TcpSocket> {
    while (this.#sockets.length === 0 && this.#error === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const socket = this.#sockets.shift();
    if (socket) return new PassedSocket(socket);
    const error = this.#error;
    this.#error = undefined;
    throw error ?? new Error(START_TEXTS.listenerClosed);
  }
}

/** A connection of a passed socket. */
class PassedSocket extends StreamSocket implements TcpSocket {
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
  // `Deno.listen` throws this for a peer that has already reset its connection.
  if (hostname === undefined || port === undefined) throw new Deno.errors.NotConnected();
  return { transport: "tcp", hostname, port };
}
