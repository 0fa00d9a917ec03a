/**
 * Takes over the listening sockets that a service manager such as systemd has opened. With these,
 * clients can connect while the server starts again, and the server needs no right to open its
 * ports. Does not know the protocol.
 *
 * Source: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import { UserError } from "../../shared/errors.ts";
import type { Environment } from "../../shared/flags.ts";
import { START_TEXTS } from "../texts/net.ts";
import type { Listen, Listener } from "./accepting.ts";
import { listenNatively } from "./native_listener.ts";
import { flagFor, listen } from "./ports.ts";

/** The first file descriptor that is passed. */
const FIRST_DESCRIPTOR = 3;

/** The sockets that were passed to this process. */
export class PassedSockets {
  /** The sockets that the server does not use yet. */
  readonly #listeners: Listener[];

  private constructor(listeners: Listener[]) {
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
    const listeners: Listener[] = [];
    for (let fd = FIRST_DESCRIPTOR; fd < FIRST_DESCRIPTOR + count; fd++) {
      listeners.push(await passedListener(fd));
    }
    return new PassedSockets(listeners);
  }

  /**
   * Returns the listener of a socket that was passed: the one for this address, or else one for
   * this port on another host. If no socket was passed for this port, opens the port.
   */
  readonly listen: Listen = async (purpose, address) => {
    const withPort = this.#listeners.filter(({ addr }) => addr.port === address.port);
    const passed = withPort.find(({ addr }) => addr.hostname === address.hostname) ?? withPort[0];
    if (!passed) return await listen(purpose, address);
    this.#listeners.splice(this.#listeners.indexOf(passed), 1);
    return passed;
  };

  /**
   * Checks that the server uses all sockets.
   *
   * @throws {UserError} if no flag names the address of a socket.
   */
  assertAllUsed(): void {
    const [unused] = this.#listeners;
    if (!unused) return;
    const flag = flagFor("--listen", unused.addr);
    throw new UserError(START_TEXTS.unusedSocket(formatAddress(unused.addr), flag));
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
