/**
 * Distinguishes addresses of the internet from those that only this machine or its network can
 * reach. A user names the push service, and the server must not be led to services that the user
 * cannot reach. Performs no I/O.
 *
 * Source: the IANA registries of special-purpose addresses (RFC 6890).
 *
 * @module
 */

import { addressBits, isWithin, parseRange } from "../../shared/ip.ts";

/** The IPv4 addresses that are not public, or that stand for other addresses. */
const SPECIAL = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
  ...["172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"],
  ...["198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
].flatMap((range) => parseRange(range) ?? []);

/** The range that contains all public IPv6 addresses (RFC 4291, section 2.4). */
const GLOBAL_V6 = [parseRange("2000::/3")].flatMap((range) => range ?? []);
/** The ranges in {@linkcode GLOBAL_V6} that are not public. */
const SPECIAL_V6 = [
  ...["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
].flatMap((range) => parseRange(range) ?? []);

/** Returns the host of a URL; an IPv6 address is returned without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Returns true if `address` is an IP address that the whole internet can reach. */
export function isPublic(address: string): boolean {
  if (addressBits(address) === undefined) return false;
  if (address.includes(":")) return isWithin(address, GLOBAL_V6) && !isWithin(address, SPECIAL_V6);
  return !isWithin(address, SPECIAL);
}
