/**
 * Whether the server at the other end is the one that is meant. A fingerprint that the user gave
 * decides alone. Without one, an authority's word is enough; else the first meeting is believed and
 * remembered, and every later one compared with it, as ssh does. Knows nothing of sockets.
 *
 * @module
 */

import { FinalError, UserError } from "../../shared/errors.ts";
import { AUTHORITY, type KnownServer, type KnownServers } from "./known_servers.ts";

/** The server is not the one that is meant, or cannot be told to be: nothing may be sent to it. */
export class UntrustedError extends FinalError {
  /** As shown where nothing else says what kind of error it is. */
  override name = "UntrustedError";
}

/** What a server shows of itself; that it has the key to it is proven already. */
export interface ServerCertificate {
  /** The certificate's fingerprint; see `shared/fingerprint.ts`. */
  readonly fingerprint: string;
  /** Whether an authority vouches for it today, and for the very name that was asked for. */
  readonly isSignedByAuthority: boolean;
  /** When the certificate begins to hold, in milliseconds since 1970-01-01 UTC. */
  readonly validFrom: number;
  /** When it ceases to. */
  readonly validTo: number;
}

/** Whom the user means. */
export interface ExpectedServer {
  /** The server's address, `HOST:PORT`. */
  readonly address: string;
  /** What it must show, whatever else is known; then neither dates nor authorities matter. */
  readonly fingerprint?: string;
  /** The servers met before; undefined where there is nowhere to keep them. */
  readonly known: KnownServers | undefined;
}

/**
 * Returns if the server may be talked to: with its fingerprint if this is the first time and it was
 * remembered just now.
 *
 * @throws {UntrustedError} if it may not.
 * @throws {UserError} if the file of known servers cannot be used.
 */
export function verify(
  shown: ServerCertificate,
  { address, fingerprint, known }: ExpectedServer,
  now: number,
): string | undefined {
  if (fingerprint !== undefined) {
    if (shown.fingerprint === fingerprint) return undefined;
    throw new UntrustedError(
      `${address} has the fingerprint ${shown.fingerprint}, not the ${fingerprint} that was asked ` +
        "for: it is another server, or somebody stands in between. Nothing was sent. " +
        "Ask the server's operator, by another way, for the line to type",
    );
  }
  if (known === undefined) {
    throw new UserError(
      "there is no folder to remember servers in: set XDG_CONFIG_HOME or HOME, " +
        "or connect with a fingerprint (?fp=…)",
    );
  }
  const met = known.find(address);
  if (shown.isSignedByAuthority) {
    if (met?.identity !== AUTHORITY) known.remember(address, AUTHORITY);
    return undefined;
  }
  if (met?.identity === shown.fingerprint) return undefined;
  if (met) throw changed(shown, address, met, known.path);
  return meet(shown, address, known, now);
}

/** The first time: there is nothing to compare with. */
function meet(shown: ServerCertificate, address: string, known: KnownServers, now: number): string {
  if (now < shown.validFrom || now > shown.validTo) {
    const when = now > shown.validTo
      ? `expired on ${day(shown.validTo)}`
      : `is valid only from ${day(shown.validFrom)} on`;
    throw new UntrustedError(
      `the certificate of ${address} ${when}, so nothing says that this is the right server. ` +
        "Nothing was sent. Check this machine's date, or ask the server's operator for its " +
        `fingerprint; if it is ${shown.fingerprint}, connect with that (?fp=…)`,
    );
  }
  known.remember(address, shown.fingerprint);
  return shown.fingerprint;
}

function changed(
  { fingerprint }: ServerCertificate,
  address: string,
  { identity, line }: KnownServer,
  path: string,
): UntrustedError {
  const difference = identity === AUTHORITY
    ? `no authority vouches for ${address} any more, as one did before; its fingerprint is ` +
      fingerprint
    : `the fingerprint of ${address} has changed from ${identity} to ${fingerprint}`;
  return new UntrustedError(
    `${difference}: somebody may stand in between. Nothing was sent. If the server's operator ` +
      `tells you that this is right, remove line ${line} of ${path} and connect again`,
  );
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
