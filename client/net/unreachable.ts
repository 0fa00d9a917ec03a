/**
 * Errors about servers that cannot be reached, in words that say what to do. Pure.
 *
 * @module
 */

import { type Address, formatAddress } from "../../shared/address.ts";
import { UserError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";

/** Returns the error for a connection to `address` that could not be made, because of `error` or as it took too long. */
export function unreachableError(address: Address, error: unknown, isLate: boolean): UserError {
  const where = formatAddress(address);
  if (isLate) {
    return new UserError(`${where} does not answer: check the address, or try again later`);
  }
  const said = error instanceof Error ? printable(error.message) : String(error);
  if (error instanceof Deno.errors.ConnectionRefused || said.includes("ECONNREFUSED")) {
    return new UserError(
      `nothing listens at ${where}: check that the server is running, and the port`,
    );
  }
  if (/lookup|resolve|not known|no such host|ENOTFOUND/i.test(said)) {
    return new UserError(
      `there is no host called ${address.hostname}: check the spelling, and your connection`,
    );
  }
  return new UserError(
    `cannot reach ${where} (${said}): check the address, and your connection`,
  );
}
