/**
 * Limits that several commands share, and that `RPL_ISUPPORT` advertises.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";

/**
 * The largest number of messages in one reply with history. If all of them have the greatest
 * length, the reply has about 1.5 MB.
 */
export const HISTORY_LIMIT = 100;
/** The largest number of entries in each list of a channel, such as its bans. */
export const LIST_LIMIT = 100;
/**
 * The number of modes with a parameter that a client may send in one MODE. The server itself has no
 * such limit, but a message has at most fifteen parameters (RFC 2812, section 2.3), and the first
 * two are the channel and the letters.
 */
export const MODES_LIMIT = 13;
/** The largest number of targets of each command. Commands that are not listed take one target. */
export const TARGET_LIMITS = {
  PRIVMSG: 8,
  NOTICE: 8,
  TAGMSG: 8,
  JOIN: 100,
  PART: 100,
  NAMES: 100,
  LIST: 100,
  KICK: 8,
  ACCEPT: 100,
  WHOIS: 8,
};

/**
 * Returns the number of bytes that a line from `source` leaves for a text after these parameters
 * (Modern IRC, "Message Format").
 */
export function bytesLeft(source: string, command: string, ...params: readonly string[]): number {
  const before = [`:${source}`, command, ...params, ":"].join(" ");
  return LIMITS.line - byteLength(`${before}\r\n`);
}
