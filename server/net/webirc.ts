/**
 * Reads WEBIRC, the first line from a gateway, which connects on behalf of a client. Performs no
 * I/O; the caller decides if the gateway is trusted.
 *
 * Source: https://ircv3.net/specs/extensions/webirc
 *
 * @module
 */

import { parse } from "../../protocol.ts";
import { printable, splitText } from "../../shared/text.ts";
import { canonicalAddress } from "../../shared/ip.ts";

/** The bytes that the line begins with. */
export const WEBIRC_MAGIC: Uint8Array = new TextEncoder().encode("WEBIRC ");

/** The longest name of a gateway, in bytes. A line of WHOIS contains it. */
const NAME_BYTES = 63;

/** The content of the line. */
export interface Webirc {
  /** The password of the gateway. */
  readonly password: string;
  /** The name of the gateway. */
  readonly gateway: string;
  /** The address of the gateway's client; `undefined` if the line has no valid address. */
  readonly address: string | undefined;
  /** True if the client uses TLS up to the gateway. */
  readonly secure: boolean;
}

/**
 * Reads the line; returns `undefined` if it has too few parameters. Ignores the host name, which
 * the gateway may not have verified, and all options except `secure`: the option `certfp`, for
 * example, would let the gateway decide which certificate the client has.
 */
export function readWebirc(line: string): Webirc | undefined {
  const { command, params = [] } = parse(line) ?? {};
  const [password, gateway, , address, options = ""] = params;
  if (command !== "WEBIRC" || password === undefined || gateway === undefined) return undefined;
  if (address === undefined) return undefined;
  // WEBIRC, "Options": `secure=value` means the same as `secure`.
  const names = options.split(" ").map((option) => option.replace(/=.*/s, ""));
  const [name = ""] = splitText(printable(gateway), NAME_BYTES);
  return {
    password,
    gateway: name,
    address: canonicalAddress(address),
    secure: names.includes("secure"),
  };
}
