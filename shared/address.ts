/**
 * Reads and writes addresses in their usual form: `HOST`, `HOST:PORT`, and IPv6 in brackets.
 * Performs no I/O; it resolves no names, and has no default for a missing port.
 *
 * @module
 */

/** A host, and a port if one was given. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly hostname: string;
  /** The port, from 0 to 65535. */
  readonly port?: number;
}

/** A name, an IPv4 address, or IPv6 in brackets, perhaps with a zone (RFC 4007, section 11). */
const ADDRESS =
  /^(?:\[(?<v6>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?<name>[\p{L}\p{M}\p{N}._-]+))(?::(?<port>\d{1,5}))?$/u;

/** Reads an address; returns `undefined` if `text` is not one. */
export function parseAddress(text: string): Address | undefined {
  const { v6, name, port } = ADDRESS.exec(text)?.groups ?? {};
  const hostname = v6 ?? name;
  if (hostname === undefined) return undefined;
  // An IPv6 address has a colon.
  if (v6 !== undefined && !v6.includes(":")) return undefined;
  if (port === undefined) return { hostname };
  return Number(port) <= 65535 ? { hostname, port: Number(port) } : undefined;
}

/** Writes an address as `HOST` or `HOST:PORT`, with brackets around an IPv6 address. */
export function formatAddress({ hostname, port }: Address): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return port === undefined ? host : `${host}:${port}`;
}

/**
 * Returns true if `hostname`, a name or an IP address, always stands for this machine (RFC 1122,
 * 3.2.1.3; RFC 4291, 2.5.3; RFC 6761, 6.3).
 */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/i.test(hostname);
}
