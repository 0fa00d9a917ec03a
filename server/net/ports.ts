/**
 * Explains errors of listening at an address, with advice. Does not know the protocol that is
 * spoken there.
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import { DEFAULT_PORT } from "../../protocol.ts";
import { UserError } from "../../shared/errors.ts";
import type { ListenAddress } from "../config/options.ts";
import { START_TEXTS } from "../texts/net.ts";

/** Returns the error to show if the server cannot listen on `address`, which `flag` can change. */
export function cannotListen(flag: string, address: ListenAddress, error: unknown): UserError {
  const { hostname, port } = address;
  const where = formatAddress(address);
  if (error instanceof Deno.errors.AddrInUse) {
    const free = port < 65535 ? port + 1 : port - 1;
    return new UserError(START_TEXTS.portInUse(port, flagFor(flag, { hostname, port: free })));
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const advice = flagFor(flag, { hostname, port: DEFAULT_PORT });
    return new UserError(START_TEXTS.notAllowedToListen(where, advice));
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new UserError(START_TEXTS.addressNotHere(hostname, flag));
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(START_TEXTS.cannotListen(where, reason));
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
 * Returns the flag that opens `address` at the same host, so that the advice does not make it
 * public.
 */
function flagFor(flag: string, { hostname, port }: ListenAddress): string {
  const host = HOSTS.get(flag);
  if (host === undefined || host === hostname) return `${flag} ${port}`;
  const value = formatAddress({ hostname, port });
  // Some shells interpret brackets as a pattern.
  return `${flag} ${value.startsWith("[") ? `"${value}"` : value}`;
}
