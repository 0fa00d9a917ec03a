/**
 * Why a server cannot be reached, or is none, in words that say what to do. Pure.
 *
 * @module
 */

import { type Address, formatAddress } from "../address.ts";
import { UserError } from "../errors.ts";
import { printable } from "../text.ts";

/** What listens at `address` is something else. */
export function notChat(address: Address, why: string): UserError {
  return new UserError(
    `what listens at ${formatAddress(address)} is not a chat server (${why}): check the port`,
  );
}

/** What something that is not a chat server says, of which `text` can be shown. */
export function quote(text: string): string {
  return text.trim() === ""
    ? "what it sends is not lines of text"
    : `it says: ${text.slice(0, 60)}`;
}

/** No connection to `address` could be made; `error` is what the system said, if it was not `late`. */
export function unreachable(address: Address, error: unknown, isLate: boolean): UserError {
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
