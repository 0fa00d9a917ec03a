/**
 * Texts about connections: the reasons for refusing or closing one, and the answers to peers that
 * are not accepted. `server/metrics/metrics.ts` counts the reasons by how they begin.
 *
 * @module
 */

import { ACCEPTED_KINDS } from "../../shared/key_kinds.ts";

/** Reasons for closing or refusing a connection, as the log, operators and other users see them. */
export const NET_TEXTS = {
  banned: (terms: string) => `Banned${terms}`,
  bannedFromServer: (terms: string) => `You are banned from this server${terms}`,
  connectionClosed: "Connection closed",
  connectionReset: "Connection reset",
  originRefused: (origin: string) =>
    `Web pages from ${origin} may not connect: pass --origin ${origin} to allow them`,
  readError: "Read error",
  registrationTimeout: "Registration timed out",
  sendQueueExceeded: "Send queue exceeded",
  shuttingDown: "The server is shutting down",
  speaks: (protocol: string) => `The client speaks ${protocol}`,
  tooManyFromAddress: "Too many connections from your address",
  tooManyFromProxy: "Too many connections from a proxy without a client address yet",
} as const;

/** Reasons for refusing what a proxy sends, with advice. */
export const PROXY_TEXTS = {
  addProxy: "add this address if it is your proxy's",
  askOperator: "ask the operator of this server",
  badForwardedFor: "X-Forwarded-For is not a list of IP addresses",
  checkProxy: (problem: string) => `${problem}; check the proxy's configuration`,
  endedEarly: "PROXY header refused: the connection ended before the header did",
  malformed: (fault: string) => `PROXY header refused: it ${fault}`,
  notTrusted: (advice: string) =>
    `PROXY header refused: it is not from a --trusted-proxy; ${advice}`,
  plainText: "The client speaks plain text: its proxy does not send X-Forwarded-Proto: https",
} as const;

/**
 * Reasons for refusing WEBIRC. The gateway gets them, too
 * (https://ircv3.net/specs/extensions/webirc, "Security Considerations").
 */
export const WEBIRC_TEXTS = {
  endedEarly: "WEBIRC refused: the connection ended before the line did",
  malformed: "WEBIRC refused: it must be WEBIRC <password> <gateway> <host> <address> [<options>]",
  noAddress: "WEBIRC refused: the fourth parameter is not an IP address",
  notFirst: "WEBIRC must be the first line, in upper case",
  notTrusted: (advice: string) => `WEBIRC refused: it is not from a --trusted-proxy; ${advice}`,
  notTrustedHere: "WEBIRC refused: this address is not that of a gateway",
  wrongPassword: "WEBIRC refused: invalid WebIRC password",
} as const;

/** Answers to browsers that ask for the page. */
export const PAGE_TEXTS = {
  notBuilt: "The page is not built: run deno task page, and load this again",
  notFound: "There is no such file",
} as const;

/** Faults of a PROXY header: each is the rest of a sentence that begins with "it". */
export const HEADER_FAULTS = {
  notVersion1: "does not follow version 1",
  tooLong: (bytes: number) => `is longer than ${bytes} bytes`,
  tooShort: "is too short for its addresses",
  truncatedField: "has a truncated field",
  unknownCommand: "has an unknown version or command",
  unknownFamily: "has an unknown address family",
} as const;

/** Reasons for the failure of a TLS handshake. */
export const TLS_TEXTS = {
  closed: "the connection was closed",
  otherCertificate: "another certificate was presented",
  failed: (reason: string) => `TLS handshake failed: ${reason}`,
  refusedKey: "the key of the client's certificate is not accepted (use " +
    `${ACCEPTED_KINDS})`,
  tookTooLong: "it took too long",
  tooLong: "the first message is too long",
  undecryptable: "what was received cannot be decrypted",
  untrusted: "the client does not trust the server's certificate (browsers warn of one that no " +
    "authority has signed)",
} as const;

/** Answers to peers that speak an unexpected protocol. */
export const PROTOCOL_TEXTS = {
  firstLineTooLong:
    "The first line is too long. This is a chat server: join it with: chat connect HOST:PORT",
  invalidWebSocket: (problem: string) => `This is not a valid WebSocket request: ${problem}`,
  notWebServer: "This is a chat server, not a web server. Join it with: chat connect HOST:PORT",
  originRefused: "Web pages from this origin may not connect: ask the server's operator.",
  useTls: (port: number) => `Remote clients must use TLS (SSL), on the same port, ${port}`,
  useWss: "Remote clients must use TLS: connect with wss:// instead of ws://.",
  webSocketClosed: "the connection is closed",
} as const;

/**
 * Errors about the certificate and the ports of the server. At the start, such an error keeps the
 * server from starting; later, it keeps the server from using a renewed certificate.
 */
export const START_TEXTS = {
  badSocket: (fd: number, reason: string) =>
    `the service manager passed file descriptor ${fd}, which cannot be used: ${reason}; check the ` +
    "socket unit",
  noDescriptors: "no file descriptor is left",
  listenerClosed: "the listener is closed",
  notTcp: "it is not a TCP socket",
  unusedSocket: (where: string, flag: string) =>
    `the service manager passed a socket for ${where}, which the server does not use: name it ` +
    `with ${flag}, or remove it from the socket unit`,
  addressNotHere: (hostname: string, flag: string) =>
    `this machine has no address ${hostname}: choose another with ${flag}`,
  cannotListen: (where: string, reason: string) => `cannot listen on ${where}: ${reason}`,
  checkFile: (problem: string) => `${problem}: check that it is the right file`,
  damagedCertificate: (file: string, number: number) =>
    `certificate ${number} in ${file} is damaged: get that file from its issuer again`,
  handshakeFails: (cert: string, key: string, reason: string) =>
    `no client can connect with ${cert} and ${key}, because a TLS handshake with them fails ` +
    `(${reason}): get another certificate, for a key of the kind ${ACCEPTED_KINDS}`,
  notAllowedToListen: (where: string, advice: string) =>
    `not allowed to listen on ${where}: choose a port above 1023, such as ${advice}`,
  notCertificate: (file: string) => `${file} is not a certificate in PEM format`,
  notPrivateKey: (file: string) =>
    `${file} is not a private key in PEM format without a passphrase`,
  portInUse: (port: number, advice: string) =>
    `port ${port} is in use, perhaps by another chat server: choose another with ${advice}`,
  unacceptedKey: (key: string, kind: string) =>
    `${key} is a key that TLS clients do not accept (${kind}): make one of the kind ${ACCEPTED_KINDS}, and ` +
    "get a certificate for it",
  unrelatedKey: (key: string, cert: string) =>
    `${key} is not the key of ${cert}: give two files that belong together`,
} as const;
