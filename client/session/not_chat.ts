/**
 * Errors for servers that do not speak the protocol. Performs no I/O.
 *
 * @module
 */

import { type Address, formatAddress } from "../../shared/address.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import { NOT_CHAT_TEXTS } from "../texts/session.ts";

/** Returns the error for a server at `address` that is not a chat server. */
export function notChatError(address: Address, reason: string): UserError {
  return new UserError(...NOT_CHAT_TEXTS.error(formatAddress(address), reason));
}

/**
 * Returns the error for a server at `address` that does not answer, and may not be up yet. If the
 * connection is not encrypted, the error adds that the port may expect TLS, because such a port may
 * not answer plain text.
 */
export function noAnswerError(
  address: Address,
  reason: string,
  isEncrypted: boolean,
): UnreachableError {
  const { error, perhapsTls } = NOT_CHAT_TEXTS;
  return new UnreachableError(
    ...(isEncrypted ? error : perhapsTls)(formatAddress(address), reason),
  );
}

/**
 * Returns a reason that quotes the beginning of `text`, the printable part of a line; if that is
 * blank, the reason says so.
 */
export function quote(text: string): string {
  return text.trim() === "" ? NOT_CHAT_TEXTS.noLines : NOT_CHAT_TEXTS.sent(text.slice(0, 60));
}
