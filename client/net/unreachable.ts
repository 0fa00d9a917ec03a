/**
 * Turns a failed attempt to connect into an error that says what to do. Performs no I/O.
 *
 * @module
 */

import { type Address, formatAddress } from "../../shared/address.ts";
import { UnreachableError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";
import { DIAL_TEXTS } from "../texts/net.ts";

/**
 * Returns the error for a failed attempt to connect to `address`. If `isLate`, the attempt took too
 * long, and `error` is ignored; otherwise `error` is the cause.
 */
export function unreachableError(
  address: Address,
  error: unknown,
  isLate: boolean,
): UnreachableError {
  const where = formatAddress(address);
  if (isLate) return new UnreachableError(...DIAL_TEXTS.noAnswer(where));
  const reason = error instanceof Error ? printable(error.message) : String(error);
  if (error instanceof Deno.errors.ConnectionRefused || reason.includes("ECONNREFUSED")) {
    return new UnreachableError(...DIAL_TEXTS.refused(where));
  }
  if (/lookup|resolve|not known|no such host|ENOTFOUND/i.test(reason)) {
    return new UnreachableError(...DIAL_TEXTS.noHost(address.hostname));
  }
  return new UnreachableError(...DIAL_TEXTS.unreachable(where, reason));
}
