/**
 * Strict transport security: clients that know it are told, before they have said anything that
 * matters, to come by TLS, and for how long to come by nothing else. Only where an authority vouches
 * for the certificate, since they would not get in by another. Knows nothing of sessions.
 *
 * Source: https://ircv3.net/specs/extensions/sts
 *
 * @module
 */

import { isLoopback } from "../../address.ts";
import type { Received } from "../../lines.ts";
import { parse } from "../../protocol.ts";
import type { ServeOptions } from "../config/options.ts";
import { VERSION_WITH_VALUES } from "../view/capabilities.ts";
import type { Arrival } from "./arrival.ts";
import { type Foreign, plaintext } from "./foreign.ts";
import type { Identity } from "./identity.ts";

/** What it depends on, beside who comes. */
export interface TransportRules {
  /** Who the server is to those who encrypt; absent, nobody can. */
  readonly identity: Pick<Identity, "isVouchedFor"> | undefined;
  /** How the server is called, and for how long clients are to come by TLS alone. */
  readonly options: Pick<ServeOptions, "name" | "stsMs">;
}

/**
 * What whoever arrived is told as the value of `sts`, if anything. Who is connected to this
 * very machine may go on without TLS, and so may all who come when {@linkcode ServeOptions.stsMs} is 0.
 */
export function strictTransport(
  { encrypted, address, local, isWebSocket, servername }: Pick<
    Arrival,
    "encrypted" | "address" | "local" | "isWebSocket" | "servername"
  >,
  { identity, options: { name, stsMs } }: TransportRules,
): string | undefined {
  if (isWebSocket || !identity?.isVouchedFor(name)) return undefined;
  if (!encrypted) return stsMs === 0 || isLoopback(address) ? undefined : `port=${local.port}`;
  // "Server Name Indication": who came for another name is told nothing that is to last.
  const isMeant = servername?.toLowerCase() === name.toLowerCase();
  return isMeant ? `duration=${Math.floor(stsMs / 1000)}` : undefined;
}

/**
 * How the server called `name` refuses who came to `port` in plain text, by the first that they say:
 * a client that asks for it is given the value of `sts` before, and comes back encrypted by itself.
 */
export function refusePlaintext(
  port: number,
  name: string,
  sts: string | undefined,
): (first: Received) => Foreign {
  const policy = `:${name} CAP * LS :sts=${sts}\r\n`;
  return (first) => plaintext(port, sts !== undefined && asksForPolicy(first) ? policy : "");
}

/** Whether somebody who begins with this is a client that could know what to make of a policy. */
function asksForPolicy(first: Received): boolean {
  const { command, params: [subcommand = "", version] = [] } = first.type === "line"
    ? parse(first.text) ?? {}
    : {};
  return command === "CAP" && subcommand.toUpperCase() === "LS" &&
    Number(version) >= VERSION_WITH_VALUES;
}
