/**
 * Explains errors of listening at an address and what to do about them. Has no dependency on the protocol
 * that is spoken there.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { ListenAddress } from "../config/options.ts";

/** Returns the error to show if the server cannot listen at `address`, which `flag` can change. */
export function cannotListen(flag: string, address: ListenAddress, error: unknown): UserError {
  const { hostname, port } = address;
  const where = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new UserError(
      `port ${port} is in use, perhaps by another chat server: choose another with ${flag} ${
        port + 1
      }`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new UserError(
      `not allowed to listen on ${where}: choose a port above 1023, such as ${flag} 7342`,
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new UserError(`this machine has no address ${hostname}: choose another with ${flag}`);
  }
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(`cannot listen on ${where}: ${why}`);
}
