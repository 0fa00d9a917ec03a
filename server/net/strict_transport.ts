/**
 * Implements strict transport security. Before clients send anything important, the server tells
 * those that support the capability `sts` to use TLS, and for how long to use only TLS. For that,
 * the server needs a certificate that an authority has signed, because these clients accept no
 * other. Does not know sessions.
 *
 * Source: https://ircv3.net/specs/extensions/sts
 *
 * @module
 */

import { isLoopback } from "../../shared/address.ts";
import type { Received } from "../../lines.ts";
import { parse } from "../../protocol.ts";
import type { ServeOptions } from "../config/config.ts";
import { VERSION_WITH_VALUES } from "../irc/capabilities.ts";
import type { Arrival } from "./arrival.ts";
import { type OtherProtocol, plaintext } from "./foreign.ts";
import type { Identity } from "./identity.ts";

/** The facts about the server that decide the policy. */
export interface TransportRules {
  /** The server's certificate; absent if it does not offer TLS. */
  readonly identity: Pick<Identity, "isSignedFor"> | undefined;
  /** The server's name, and the time for which clients must use only TLS. */
  readonly options: Pick<ServeOptions, "name" | "stsMs">;
}

/**
 * Returns the value of the capability `sts` for a client; `undefined` if the client does not get
 * this capability. An unencrypted client does not get it if the client is on this machine, or if
 * {@linkcode ServeOptions.stsMs} is 0.
 */
export function strictTransport(
  { encrypted, isPrivate, address, local, isWebSocket, servername }: Pick<
    Arrival,
    "encrypted" | "isPrivate" | "address" | "local" | "isWebSocket" | "servername"
  >,
  { identity, options: { name, stsMs } }: TransportRules,
): string | undefined {
  if (isWebSocket || !identity?.isSignedFor(name)) return undefined;
  if (isPrivate) return undefined;
  if (!encrypted) return stsMs === 0 || isLoopback(address) ? undefined : `port=${local.port}`;
  // sts, "Server Name Indication": a client that asked for another name gets no lasting policy.
  const isMeant = servername?.toLowerCase() === name.toLowerCase();
  return isMeant ? `duration=${Math.floor(stsMs / 1000)}` : undefined;
}

/**
 * Returns the function that makes the refusal of an unencrypted client at `port` from the client's
 * first line. `name` is the name of the server, and `sts` the value of the capability. If the first
 * line asks for capabilities, the refusal contains this value, so that the client connects again
 * with TLS by itself.
 */
export function refusePlaintext(
  port: number,
  name: string,
  sts: string | undefined,
): (first: Received) => OtherProtocol {
  const policy = `:${name} CAP * LS :sts=${sts}\r\n`;
  return (first) => plaintext(port, sts !== undefined && asksForPolicy(first) ? policy : "");
}

/** Returns true if the first line comes from a client that may support the policy. */
function asksForPolicy(first: Received): boolean {
  const { command, params: [subcommand = "", version] = [] } = first.type === "line"
    ? parse(first.text) ?? {}
    : {};
  return command === "CAP" && subcommand.toUpperCase() === "LS" &&
    Number(version) >= VERSION_WITH_VALUES;
}
