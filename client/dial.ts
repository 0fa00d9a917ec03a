/**
 * How connections to servers are made: in plain text, or by TLS with a server that has shown who it
 * is. What the two return is used alike; nothing is sent on either before it is returned.
 *
 * @module
 */

import { isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { formatAddress } from "../address.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { StreamSocket } from "../stream_socket.ts";
import { printable } from "../text.ts";
import { KnownServers } from "./known_servers.ts";
import type { Dial, Socket } from "./link.ts";
import { type KeyPair, NoKeyError, ownKey } from "./own_key.ts";
import { type Presented, verify } from "./trust.ts";

/** How a server has to show that it is the one that is meant. */
export interface Trust {
  /** The fingerprint of its certificate; undefined: see `client/trust.ts`. */
  readonly fingerprint?: string;
  /**
   * The folder of the user's key and of the servers that they know; undefined where there is none to
   * be had, and they are not recognised.
   */
  readonly folder?: string;
}

/** What is needed beside the server. */
export interface DialParts {
  /** The time. */
  readonly clock: Clock;
  /** Certificates of authorities, in PEM; undefined: those of the runtime, which are Mozilla's. */
  readonly authorities?: readonly string[];
}

/** Connects in plain text, which everybody on the way can read and change. */
export function dialPlain(hostname: string, port: number, signal: AbortSignal): Promise<Socket> {
  return Deno.connect({ hostname, port, signal });
}

/** Connects by TLS 1.2 or 1.3; rejects with a `UserError` where the server is not to be trusted. */
export function dialEncrypted(
  { fingerprint, folder }: Trust,
  { clock, authorities }: DialParts,
): Dial {
  const known = folder === undefined ? undefined : new KnownServers(`${folder}/known_servers`);
  return async (hostname, port, signal) => {
    const host = hostname.toLowerCase();
    const address = formatAddress({ hostname: host, port });
    const expected = { address, known, ...(fingerprint !== undefined && { fingerprint }) };
    const { noKey, ...shown } = folder === undefined ? {} : await keyIn(folder);
    const options = { ...shown, ...(authorities && { ca: [...authorities] }) };
    const socket = await shakeHands(host, port, signal, options);
    try {
      const firstSeen = verify(presented(socket), expected, clock.now());
      return new EncryptedSocket(socket, { firstSeen, noKey });
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
}

/** The user's key, or why there is none: they are not recognised then, but no less safe. */
async function keyIn(folder: string): Promise<Partial<KeyPair> & Pick<Socket, "noKey">> {
  try {
    return await ownKey(`${folder}/key.pem`);
  } catch (error) {
    if (!(error instanceof NoKeyError)) throw error;
    return { noKey: error.message };
  }
}

/** Resolves when the server has proven that it has the key to its certificate, whosever that is. */
async function shakeHands(
  host: string,
  port: number,
  signal: AbortSignal,
  options: Pick<ConnectionOptions, "ca" | "cert" | "key">,
): Promise<TLSSocket> {
  // Loaded here as it takes longer than all the rest of the client.
  const { connect } = await import("node:tls");
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect({
    host,
    port,
    // A name, and no address, is told to the server (RFC 6066, section 3), and must be vouched for.
    ...(isIP(host) === 0 && { servername: host }),
    ...options,
    // Who is on the other end is looked at afterwards: `verify`.
    rejectUnauthorized: false,
  });
  let isReached = false;
  socket.once("connect", () => isReached = true);
  socket.once("secureConnect", () => resolve(socket));
  // Not once: without a listener, a connection that breaks later would end the process.
  socket.on("error", (error) => {
    reject(isReached ? notEncrypted(formatAddress({ hostname: host, port }), error) : error);
  });
  const giveUp = () => {
    reject(new Error("given up"));
    socket.destroy();
  };
  signal.addEventListener("abort", giveUp);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function notEncrypted(address: string, { message }: Error): UserError {
  return new UserError(
    `${address} does not speak TLS as it should (${printable(message)}): check the port. ` +
      "Only if it is known to speak plain text, which everybody on the way can read, write irc://",
  );
}

function presented(socket: TLSSocket): Presented {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new UserError("the server shows no certificate: its operator has to");
  return {
    fingerprint: fingerprintOf(certificate.raw),
    isVouchedFor: socket.authorized,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

/** A connection by TLS, used as one in plain text is. */
export class EncryptedSocket extends StreamSocket implements Socket {
  /** Part of {@linkcode Socket}. */
  readonly firstSeen: string | undefined;
  /** Part of {@linkcode Socket}. */
  readonly noKey: string | undefined;
  /** Part of {@linkcode Socket}. */
  readonly isEncrypted = true;

  /** Takes over `socket`, whose handshake is done. */
  constructor(
    socket: TLSSocket,
    { firstSeen, noKey }: Pick<Socket, "firstSeen" | "noKey"> = {},
  ) {
    super(socket);
    this.firstSeen = firstSeen;
    this.noKey = noKey;
    // Lines are short, and people wait for them.
    socket.setNoDelay(true);
  }
}
