/**
 * Opens the ports of a server. If a port cannot be opened, explains the error and gives advice.
 * Does not know the protocol that is spoken there.
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import { DEFAULT_PORT } from "../../protocol.ts";
import { UserError } from "../../shared/errors.ts";
import type { ServeOptions } from "../config/config.ts";
import type { ListenAddress } from "../config/options.ts";
import type { Listen, Listener, Purpose } from "./accepting.ts";
import { listenNatively } from "./native_listener.ts";
import { START_TEXTS } from "../texts/net.ts";

/**
 * The largest number of connections that wait to be accepted; the operating system may allow fewer.
 */
const BACKLOG = 4096;

/** The flag that sets the address of each kind of port. */
const FLAGS: Readonly<Record<Purpose, string>> = {
  irc: "--listen",
  plain: "--plain-port",
  metrics: "--metrics",
};

/**
 * Opens a port of the operating system. The ports that take TLS and WebSockets use `node:net`,
 * because both cost less on its sockets.
 */
export async function listen(
  purpose: Purpose,
  { hostname, port }: ListenAddress,
): Promise<Listener> {
  return purpose === "irc"
    ? await listenNatively({ host: hostname, port, backlog: BACKLOG })
    : Deno.listen({ hostname, port, tcpBacklog: BACKLOG });
}

/** A port that is open. */
export interface OpenPort {
  /** Its purpose. */
  readonly purpose: Purpose;
  /** Its listener. */
  readonly listener: Listener;
}

/**
 * Opens all ports of a server by `open`.
 *
 * @throws {UserError} if a port cannot be opened; then the other ports are closed.
 */
export async function openPorts(
  { listen: addresses, metrics, plainPort }: Pick<ServeOptions, "listen" | "metrics" | "plainPort">,
  open: Listen,
): Promise<OpenPort[]> {
  const [first] = addresses;
  const wanted: [Purpose, ListenAddress][] = addresses.map((address) => ["irc", address]);
  if (plainPort !== undefined && first) {
    wanted.push(["plain", { hostname: first.hostname, port: plainPort }]);
  }
  if (metrics) wanted.push(["metrics", metrics]);
  const opened: OpenPort[] = [];
  for (const [purpose, address] of wanted) {
    try {
      opened.push({ purpose, listener: await open(purpose, address) });
    } catch (error) {
      for (const { listener } of opened) listener.close();
      throw cannotListen(FLAGS[purpose], address, error);
    }
  }
  return opened;
}

/** Returns the error to show if the server cannot listen on `address`, which `flag` can change. */
export function cannotListen(flag: string, address: ListenAddress, error: unknown): UserError {
  const { hostname, port } = address;
  const where = formatAddress(address);
  switch (codeOf(error)) {
    case "EADDRINUSE": {
      const free = port < 65535 ? port + 1 : port - 1;
      return new UserError(START_TEXTS.portInUse(port, flagFor(flag, { hostname, port: free })));
    }
    case "EACCES":
    case "EPERM": {
      const advice = flagFor(flag, { hostname, port: DEFAULT_PORT });
      return new UserError(START_TEXTS.notAllowedToListen(where, advice));
    }
    case "EADDRNOTAVAIL":
    // `node:net` of Deno 2.9 reports the lack of an address by this code.
    case "EINVAL":
      return new UserError(START_TEXTS.addressNotHere(hostname, flag));
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(START_TEXTS.cannotListen(where, reason));
}

/** Returns the code of an error of the operating system, of `Deno.listen` or `node:net`. */
function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/**
 * The default host of each flag whose value may be only a port. `--plain-port` takes no host: it
 * uses the host of the first `--listen`.
 */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ["--listen", "0.0.0.0"],
  ["--metrics", "127.0.0.1"],
]);

/**
 * Returns the flag with a value that opens `address`. The value keeps the host, so that a user who
 * follows the advice does not open a private port to other machines.
 */
export function flagFor(flag: string, { hostname, port }: ListenAddress): string {
  const host = HOSTS.get(flag);
  if (host === undefined || host === hostname) return `${flag} ${port}`;
  const value = formatAddress({ hostname, port });
  // Some shells interpret brackets as a pattern.
  return `${flag} ${value.startsWith("[") ? `"${value}"` : value}`;
}
