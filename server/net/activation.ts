/**
 * Takes over the listening sockets that a service manager such as systemd has opened. With these,
 * clients can connect while the server starts again, and the server needs no right to open its
 * ports. Does not know the protocol.
 *
 * Source: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { Environment } from "../../shared/flags.ts";
import { START_TEXTS } from "../texts/net.ts";
import type { Listen, Listener } from "./accepting.ts";
import { listenNatively } from "./native_listener.ts";
import { listen } from "./ports.ts";

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
   * @throws {UserError} if a descriptor is not a listening TCP socket.
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

  /**
   * Returns the listener of the socket that was passed for this port, on whatever host; if no such
   * socket was passed, opens the port.
   */
  readonly listen: Listen = async (purpose, address) => {
    const passed = this.#listeners.get(address.port);
    this.#listeners.delete(address.port);
    return passed ?? await listen(purpose, address);
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
  try {
    return await listenNatively({ fd });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(START_TEXTS.badSocket(fd, reason));
  }
}
