/**
 * Errors about servers that do not speak the protocol. Pure.
 *
 * @module
 */

import { type Address, formatAddress } from "../../shared/address.ts";
import { UserError } from "../../shared/errors.ts";

/** Returns the error for something else that listens at `address`. */
export function notChatError(address: Address, why: string): UserError {
  return new UserError(
    `what listens at ${formatAddress(address)} is not a chat server (${why}): check the port`,
  );
}

/** Quotes `text`, the printable part of a line from something that is not a chat server. */
export function quote(text: string): string {
  return text.trim() === ""
    ? "what it sends is not lines of text"
    : `it says: ${text.slice(0, 60)}`;
}
