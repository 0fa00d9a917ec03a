/**
 * Explains errors of listening at an address and what to do about them. Has no dependency on the protocol
 * that is spoken there.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { ListenAddress } from "../config/options.ts";
import { START_TEXTS } from "../texts/net.ts";

/** Returns the error to show if the server cannot listen at `address`, which `flag` can change. */
export function cannotListen(flag: string, address: ListenAddress, error: unknown): UserError {
  const { hostname, port } = address;
  const where = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new UserError(START_TEXTS.portInUse(port, flag));
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new UserError(START_TEXTS.notAllowedToListen(where, flag));
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new UserError(START_TEXTS.addressNotHere(hostname, flag));
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(START_TEXTS.cannotListen(where, reason));
}
