/**
 * Decides whether to trust the certificate of a server. If the user gave a fingerprint, it alone
 * decides. Otherwise a certificate from an authority is trusted. As with ssh, any other certificate
 * that is valid now is trusted at the first connection, remembered, and must be the same at every
 * later connection. Does not know sockets.
 *
 * @module
 */

import { FinalError, UserError } from "../../shared/errors.ts";
import { TRUST_TEXTS } from "../texts/net.ts";
import { AUTHORITY, type KnownServer, type KnownServers } from "./known_servers.ts";

/**
 * The error for a server that is not, or may not be, the expected one. Nothing must be sent to it.
 */
export class UntrustedError extends FinalError {
  /** The error's name, as stack traces show it. */
  override name = "UntrustedError";
}

/** The certificate of a server. The TLS handshake has proven that the server has the key to it. */
export interface ServerCertificate {
  /** The fingerprint of the certificate; see `shared/fingerprint.ts`. */
  readonly fingerprint: string;
  /**
   * True if an authority has signed the certificate for the dialed host, and it has not expired.
   */
  readonly isSignedByAuthority: boolean;
  /** The beginning of its validity, in milliseconds since 1970-01-01 UTC. */
  readonly validFrom: number;
  /** The end of its validity, in milliseconds since 1970-01-01 UTC. */
  readonly validTo: number;
}

/** The server that the user wants to connect to. */
export interface ExpectedServer {
  /** The server's address, `HOST:PORT`. */
  readonly address: string;
  /** The only fingerprint to trust, if given; dates and authorities do not matter then. */
  readonly fingerprint?: string;
  /** The known servers; undefined if there is no folder for them. */
  readonly known: KnownServers | undefined;
}

/**
 * Checks that the certificate `shown` can be trusted, at the time `now`. If the server was unknown
 * and no authority vouches for it, remembers the fingerprint and returns it. Otherwise, returns
 * `undefined`.
 *
 * @throws {UntrustedError} if the certificate cannot be trusted.
 * @throws {UserError} if no fingerprint is given, and there is no folder for known servers or their
 * file cannot be used.
 */
export function verify(
  shown: ServerCertificate,
  { address, fingerprint, known }: ExpectedServer,
  now: number,
): string | undefined {
  if (fingerprint !== undefined) {
    if (shown.fingerprint === fingerprint) return undefined;
    throw new UntrustedError(
      TRUST_TEXTS.wrongFingerprint(address, shown.fingerprint, fingerprint),
    );
  }
  if (known === undefined) throw new UserError(TRUST_TEXTS.noFolder);
  const entry = known.find(address);
  if (shown.isSignedByAuthority) {
    if (entry?.identity !== AUTHORITY) known.remember(address, AUTHORITY);
    return undefined;
  }
  if (entry?.identity === shown.fingerprint) return undefined;
  if (entry) throw changed(shown, address, entry, known.path);
  return trustFirst(shown, address, known, now);
}

/**
 * Remembers the fingerprint of a server that has no entry, and returns it.
 *
 * @throws {UntrustedError} if the certificate is out of date.
 */
function trustFirst(
  shown: ServerCertificate,
  address: string,
  known: KnownServers,
  now: number,
): string {
  if (now < shown.validFrom || now > shown.validTo) {
    const dates = now > shown.validTo
      ? TRUST_TEXTS.expired(day(shown.validTo))
      : TRUST_TEXTS.notYetValid(day(shown.validFrom));
    throw new UntrustedError(TRUST_TEXTS.outOfDate(address, dates, shown.fingerprint));
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
    ? TRUST_TEXTS.noLongerVouchedFor(address, fingerprint)
    : TRUST_TEXTS.changed(address, identity, fingerprint);
  return new UntrustedError(TRUST_TEXTS.askOperator(difference, address, line, path));
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
