/**
 * What the server says when it has started: where it listens, and what a friend has to type to get
 * there. Pure; the machine's addresses are passed in.
 *
 * @module
 */

import { formatAddress, isLoopback } from "../../address.ts";
import { DEFAULT_PORT } from "../../protocol.ts";
import type { Listening } from "../../server.ts";
import type { Identity } from "../net/identity.ts";
import type { ListenAddress, ServeOptions } from "./options.ts";

/** What is needed of `Deno.networkInterfaces()`. */
export interface Interface {
  /** Which sort of address it has. */
  readonly family: "IPv4" | "IPv6";
  /** Its address. */
  readonly address: string;
}

/** What a friend is given to find the room, and to know the server by. */
export interface Ticket {
  /** The room that newcomers join. */
  readonly room: string;
  /** The fingerprint of the server's certificate. */
  readonly fingerprint: string;
  /** The server's name, where an authority vouches for it. */
  readonly name?: string;
}

/** The ticket to a server with these options and this identity. */
export function ticketTo(
  { room, name }: Pick<ServeOptions, "room" | "name">,
  identity: Pick<Identity, "fingerprint" | "isVouchedFor">,
): Ticket {
  const { fingerprint } = identity;
  return { room, fingerprint, ...(identity.isVouchedFor(name) && { name }) };
}

/** The names and addresses that a certificate of the machine is for; `name` is the server's. */
export function certificateNames(name: string, interfaces: readonly Interface[]): string[] {
  return [...new Set([name, "localhost", ...interfaces.map(({ address }) => address)])];
}

/**
 * One line on a listener: where it listens, and exactly what a friend types. Where it listens at
 * every address of the machine, that is the first one that others can reach.
 */
export function invitation(
  listening: Listening,
  interfaces: readonly Interface[],
  ticket: Ticket,
): string {
  const { kind, hostname, port } = listening;
  const where = formatAddress({ hostname, port });
  const host = hostOf(listening, interfaces);
  if (isLoopback(host)) {
    return `Listening on ${where}. On this machine, type: ${HERE[kind](host, port)}`;
  }
  return `Listening on ${where}. A friend types: ${ELSEWHERE[kind](host, port, ticket)}`;
}

/** What the first who has the text of the `token` types to own the server; works here and elsewhere. */
export function claimLine(
  listening: Listening,
  interfaces: readonly Interface[],
  ticket: Ticket,
  token: string,
): string {
  const line = connectLine(hostOf(listening, interfaces), listening.port, ticket, token);
  return `To own it, type: ${line}`;
}

/** Where to ask how the server is. */
export function pageLine(address: ListenAddress): string {
  const url = `http://${formatAddress(address)}`;
  return `Ask how it is at ${url}/health and ${url}/metrics`;
}

/** What joins a listener of each kind, on the same machine. */
const HERE: Readonly<Record<Listening["kind"], (host: string, port: number) => string>> = {
  irc: (hostname, port) =>
    `chat connect ${formatAddress(port === DEFAULT_PORT ? { hostname } : { hostname, port })}`,
  plain: netcat,
};

/** What joins it from elsewhere. A shell would take `?` for a pattern and `&` for an end: hence quotes. */
const ELSEWHERE: Readonly<
  Record<Listening["kind"], (host: string, port: number, ticket: Ticket) => string>
> = {
  irc: connectLine,
  plain: netcat,
};

function connectLine(host: string, port: number, ticket: Ticket, token?: string): string {
  const { room, fingerprint } = ticket;
  // Nobody vouches for what is reached by an address of this machine alone.
  const name = isLoopback(host) ? undefined : ticket.name;
  const place = formatAddress({ hostname: name ?? host, port });
  const query = new URLSearchParams({
    ...(name === undefined && { fp: fingerprint }),
    ...(token !== undefined && { token }),
  });
  const url = `chat://${place}/${encodeURIComponent(room.slice(1))}`;
  return `chat connect "${url}${query.size > 0 ? `?${query}` : ""}"`;
}

function netcat(host: string, port: number): string {
  return `nc ${host} ${port}`;
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Where those who come from elsewhere find a listener; if nobody can, where this machine does. */
function hostOf({ hostname }: Listening, interfaces: readonly Interface[]): string {
  if (!EVERY_ADDRESS.has(hostname)) return hostname;
  return reachable(hostname, interfaces) ?? "localhost";
}

/** An address that others reach the machine at, IPv4 first since it is easier to type. */
function reachable(hostname: string, interfaces: readonly Interface[]): string | undefined {
  const outward = interfaces.filter(({ address }) => !isLoopback(address) && !isLinkLocal(address));
  const v4 = outward.find(({ family }) => family === "IPv4");
  const v6 = hostname === "::" ? outward.find(({ family }) => family === "IPv6") : undefined;
  return (v4 ?? v6)?.address;
}

/** Reached only by those who add the name of their own interface (RFC 3927; RFC 4291, 2.5.6). */
function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
