/**
 * The sentences about connections that the user sees: servers that cannot be reached or trusted,
 * and files that cannot be used.
 *
 * @module
 */

import type { Failure } from "./failure.ts";
import { ACCEPTED_KINDS } from "../../shared/key_kinds.ts";

/** Reasons for the end of a connection that was made. */
export const SOCKET_TEXTS = {
  stalled: "the server stopped reading",
  closed: "the server closed the connection",
  broke: "the connection broke",
  ended: "the connection ended",
} as const;

/** Errors of connections that could not be made. Most consist of the reason and advice. */
export const DIAL_TEXTS = {
  noAnswer: (address: string): Failure => [
    `${address} does not answer`,
    "check the address, or try again later",
  ],
  refused: (address: string): Failure => [
    `nothing is listening on ${address}`,
    "check the port, and that the server is running",
  ],
  noHost: (hostname: string): Failure => [
    `there is no host ${hostname}`,
    "check the spelling, and your network connection",
  ],
  unreachable: (address: string, reason: string): Failure => [
    `cannot reach ${address} (${reason})`,
    "check the address, and your network connection",
  ],
  noTls: (address: string, reason: string): Failure => [
    `the TLS handshake with ${address} failed (${reason})`,
    "check the port",
  ],
  noTlsAnswer: (address: string): Failure => [
    `the TLS handshake with ${address} failed, because the server closed the connection or did not ` +
    "answer",
    `check the port. If it is for plain text, use irc://${address}, which others can read in transit`,
  ],
  plainTextPort: (address: string): Failure => [
    `the TLS handshake with ${address} failed, because the server does not use TLS on this port`,
    `use its port for TLS, often 6697. ${PLAIN_TEXT_PORT(address)}`,
  ],
  refusedKey: (address: string) =>
    `the TLS handshake with ${address} failed, because the key of its certificate is not accepted: ask ` +
    `its operator for a certificate with another key (${ACCEPTED_KINDS})`,
  requiredTlsFailed: (address: string, reason: string) =>
    `${address} allows TLS only (sts), and TLS failed (${reason}): ${INTERCEPTED}. ` +
    "Try again later, or ask the server's operator",
  noCertificate: "the server presents no certificate: ask its operator to set one up",
} as const;

const PLAIN_TEXT_PORT = (address: string) =>
  `irc://${address} uses plain text, which others can read in transit`;

const INTERCEPTED = "someone may be intercepting the connection. Nothing was sent";

/** Reasons for not trusting a server. */
export const TRUST_TEXTS = {
  wrongFingerprint: (address: string, found: string, expected: string) =>
    `${address} has the fingerprint ${found}, not ${expected} as expected: it is another server, or ` +
    `${INTERCEPTED}. Ask the server's operator, by some other means, for the command to run`,
  noFolder: "there is no folder to remember servers in: set XDG_CONFIG_HOME or HOME, " +
    "or connect with a fingerprint (?fp=…)",
  outOfDate: (address: string, dates: string, fingerprint: string) =>
    `the certificate of ${address} ${dates}, so nothing proves that this is the right server. ` +
    "Nothing was sent. Check this machine's date, or ask the server's operator for its " +
    `fingerprint; if it is ${fingerprint}, connect with that (?fp=…)`,
  expired: (day: string) => `expired on ${day}`,
  notYetValid: (day: string) => `is not valid before ${day}`,
  changed: (address: string, before: string, now: string) =>
    `the fingerprint of ${address} has changed from ${before} to ${now}`,
  noLongerVouchedFor: (address: string, fingerprint: string) =>
    `no authority vouches for ${address} any more, although one used to; its fingerprint is ` +
    fingerprint,
  askOperator: (difference: string, address: string, line: number, path: string) =>
    `${difference}: ${INTERCEPTED}. If the server's operator confirms the change, ` +
    `run "chat forget ${address}" (or remove line ${line} of ${path}) and connect again`,
} as const;

/** Errors of the files in the client's folder. */
export const FILE_TEXTS = {
  knownServers: (path: string, action: FileAction, reason: string) =>
    `cannot ${action} ${path}, the list of known servers (${reason}): ` +
    "fix that problem, or set XDG_CONFIG_HOME to another folder, or connect with a fingerprint (?fp=…)",
  stsPolicies: (path: string, action: FileAction, reason: string) =>
    `cannot ${action} ${path}, the list of servers that allow TLS only (${reason}): ${FIX}`,
  invalidPolicy: (path: string, line: number) =>
    `line ${line} of ${path} is invalid: write HOST PORT TIME; ` +
    "until that time, only TLS is used with that host",
  key: (path: string, action: FileAction, reason: string) =>
    `cannot ${action} ${path}, the key by which servers recognize you (${reason}): ${FIX}`,
  keyNotSaved: (path: string, reason: string) =>
    `servers will not recognize you, because your key cannot be saved in ${path} (${reason}): ` +
    FIX,
  notAKey: "it does not contain a private key and its certificate in PEM format",
  unacceptedKey: (kind: string) =>
    `it is of a kind that TLS servers do not accept, ${kind}; accepted are ${ACCEPTED_KINDS}`,
  keyRemoved: "it was removed right after it was created",
  unknownReason: "the reason is unknown",
} as const;

/** An action on a file that failed. */
export type FileAction = "read" | "write" | "use";

const FIX = "fix that problem, or set XDG_CONFIG_HOME to another folder";
