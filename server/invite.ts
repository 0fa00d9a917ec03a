/**
 * What the server says when it has started: where it listens, and what a friend has to type to get
 * there. Pure; the machine's addresses are passed in.
 *
 * @module
 */

import { formatAddress } from "../address.ts";
import { DEFAULT_PORT } from "../protocol.ts";
import type { Listening } from "../server.ts";

/** What is needed of `Deno.networkInterfaces()`. */
export interface Interface {
  /** Which sort of address it has. */
  readonly family: "IPv4" | "IPv6";
  /** Its address. */
  readonly address: string;
}

/**
 * One line on a listener: where it listens, and exactly what a friend types. Where it listens at
 * every address of the machine, that is the first one that others can reach.
 */
export function invitation(listening: Listening, interfaces: readonly Interface[]): string {
  const { kind, hostname, port } = listening;
  const where = formatAddress({ hostname, port });
  const friendHost = EVERY_ADDRESS.has(hostname) ? reachable(hostname, interfaces) : hostname;
  if (friendHost === undefined) {
    return `Listening on ${where}. On this machine, type: ${COMMANDS[kind]("localhost", port)}`;
  }
  const who = isLoopback(friendHost) ? "On this machine, type" : "A friend types";
  return `Listening on ${where}. ${who}: ${COMMANDS[kind](friendHost, port)}`;
}

/** What joins a listener of each kind. */
const COMMANDS: Readonly<Record<Listening["kind"], (host: string, port: number) => string>> = {
  irc: (hostname, port) =>
    `chat connect ${formatAddress(port === DEFAULT_PORT ? { hostname } : { hostname, port })}`,
  plain: (hostname, port) => `nc ${hostname} ${port}`,
};

const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** An address that others reach the machine at, IPv4 first since it is easier to type. */
function reachable(hostname: string, interfaces: readonly Interface[]): string | undefined {
  const outward = interfaces.filter(({ address }) => !isLoopback(address) && !isLinkLocal(address));
  const v4 = outward.find(({ family }) => family === "IPv4");
  const v6 = hostname === "::" ? outward.find(({ family }) => family === "IPv6") : undefined;
  return (v4 ?? v6)?.address;
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Reached only by those who add the name of their own interface (RFC 3927; RFC 4291, 2.5.6). */
function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
