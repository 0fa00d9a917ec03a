/**
 * What follows `chat connect`: where to, and into which room. Pure; resolves nothing.
 *
 * @module
 */

import { parseAddress } from "../address.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_PORT, isChannel } from "../protocol.ts";

/** Where `chat connect` is to go. */
export interface Target {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** A channel's name; absent where none was given. */
  readonly room?: string;
}

/**
 * Reads `HOST[:PORT][/ROOM]`. The port is the usual one unless given; the room may be written without
 * its `#`, which shells take for the beginning of a comment.
 *
 * @throws {UsageError} if it is something else.
 */
export function parseTarget(text: string): Target {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const room = slash < 0 ? "" : text.slice(slash + 1);
  const { hostname, port = DEFAULT_PORT } = parseAddress(address) ?? {};
  if (hostname === undefined || port === 0) throw new UsageError(whatIsWrong(address));
  if (room === "") return { host: hostname, port };
  return { host: hostname, port, room: channelName(room) };
}

function whatIsWrong(address: string): string {
  if (address === "") return "the host is missing: HOST[:PORT][/ROOM]";
  const isBareV6 = address.split(":").length > 2 && !address.startsWith("[");
  const hint = isBareV6
    ? "an IPv6 address is written in brackets, as in [::1]:7342"
    : "write HOST[:PORT][/ROOM], with a port from 1 to 65535";
  return `${address} is not an address: ${hint}`;
}

function channelName(room: string): string {
  // `&` begins the names of channels that other servers keep to themselves (RFC 2811, section 2.1).
  const isWhole = room.startsWith("#") || room.startsWith("&");
  const name = isWhole ? room : `#${room}`;
  if (!isChannel(name.replace(/^&/, "#"))) {
    throw new UsageError(`${room} is not a room: a room's name has no spaces or commas`);
  }
  return name;
}
