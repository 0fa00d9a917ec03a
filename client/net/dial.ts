/**
 * How connections to servers are made: in plain text, unless the server asks for something else, or by
 * TLS with a server that has shown who it is. What the two return is used alike; nothing is sent on
 * either before it is returned.
 *
 * @module
 */

import { isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { formatAddress } from "../../shared/address.ts";
import type { Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { printable } from "../../shared/text.ts";
import { AUTHORITY, KnownServers } from "./known_servers.ts";
import type { DialSocket, Socket } from "./socket_stream.ts";
import { type KeyPair, loadOrMakeKey, NoKeyError } from "./own_key.ts";
import { parseStsPolicy, StsPolicies } from "./strict_transport.ts";
import { type ServerCertificate, UntrustedError, verify } from "./trust.ts";
import { unreachableError } from "./unreachable.ts";

/** How a server has to show that it is the one that is meant. */
export interface TrustOptions {
  /** The fingerprint of its certificate; undefined: see `client/net/trust.ts`. */
  readonly fingerprint?: string;
  /**
   * The folder of the user's key and of the servers that they know; undefined where there is none to
   * be had, and they are not recognised.
   */
  readonly folder?: string;
  /** That it has asked for TLS itself: then the first meeting, too, takes an authority's word. */
  readonly isStrict?: boolean;
}

/** What is needed beside the server. */
export interface DialParts {
  /** The time. */
  readonly clock: Clock;
  /** Certificates of authorities, in PEM; undefined: those of the runtime, which are Mozilla's. */
  readonly authorities?: readonly string[];
}

/** Connects in plain text, which everybody on the way can read and change. */
export async function dialPlain(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await Deno.connect({ hostname, port, signal });
  // Lines are short, and people wait for them.
  socket.setNoDelay(true);
  return socket;
}

/**
 * Connects in plain text. By TLS instead, and never otherwise, to a server that has asked for it: on
 * the last connection, or lately, as is remembered in the user's folder.
 */
export function dialUpgradable(
  { folder }: Pick<TrustOptions, "folder">,
  parts: DialParts,
): DialSocket {
  const policies = policiesIn(folder);
  const dialStrictly = dialEncrypted(
    { ...(folder !== undefined && { folder }), isStrict: true },
    parts,
  );
  let asked: number | undefined;
  return async (hostname, port, signal) => {
    const kept = policies?.portOf(hostname.toLowerCase(), parts.clock.now());
    const securePort = kept ?? asked;
    if (securePort === undefined) {
      const socket = await dialPlain(hostname, port, signal);
      return {
        read: (into) => socket.read(into),
        write: (bytes) => socket.write(bytes),
        close: () => socket.close(),
        applySts: (sts) => (asked = parseStsPolicy(sts).port) !== undefined,
      };
    }
    try {
      return await dialStrictly(hostname, securePort, signal);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw unreachableError({ hostname, port: securePort }, error, signal.aborted);
    }
  };
}

/** Connects by TLS 1.2 or 1.3; rejects with a `UserError` where the server is not to be trusted. */
export function dialEncrypted(
  { fingerprint, folder, isStrict = false }: TrustOptions,
  { clock, authorities }: DialParts,
): DialSocket {
  const known = folder === undefined ? undefined : new KnownServers(`${folder}/known_servers`);
  const policies = policiesIn(folder);
  return async (hostname, port, signal) => {
    const host = hostname.toLowerCase();
    const address = formatAddress({ hostname: host, port });
    const expected = { address, known, ...(fingerprint !== undefined && { fingerprint }) };
    const { keyProblem, ...shown } = folder === undefined ? {} : await keyIn(folder);
    const options = {
      ...shown,
      ...(authorities && { ca: [...authorities] }),
      // Else who is on the other end is looked at afterwards: `verify`.
      rejectUnauthorized: isStrict && (known?.find(address)?.identity ?? AUTHORITY) === AUTHORITY,
    };
    const explain = isStrict ? notAsAsked : notEncrypted;
    const socket = await shakeHands(host, port, signal, options, explain);
    try {
      const newFingerprint = verify(certificateOf(socket), expected, clock.now());
      // What somebody asks for whom nobody has vouched for yet is not kept.
      const keep = policies && newFingerprint === undefined
        ? (seconds: number) => policies.keep(host, port, seconds, clock.now())
        : undefined;
      return new EncryptedSocket(socket, { newFingerprint, keyProblem, keep });
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
}

/** The user's key, or why there is none: they are not recognised then, but no less safe. */
async function keyIn(folder: string): Promise<Partial<KeyPair> & Pick<Socket, "keyProblem">> {
  try {
    return await loadOrMakeKey(`${folder}/key.pem`);
  } catch (error) {
    if (!(error instanceof NoKeyError)) throw error;
    return { keyProblem: error.message };
  }
}

function policiesIn(folder: string | undefined): StsPolicies | undefined {
  return folder === undefined ? undefined : new StsPolicies(`${folder}/strict_transport`);
}

/** Resolves when the server has proven that it has the key to its certificate, whosever that is. */
async function shakeHands(
  host: string,
  port: number,
  signal: AbortSignal,
  options: Pick<ConnectionOptions, "ca" | "cert" | "key" | "rejectUnauthorized">,
  explain: (address: string, error: TlsError) => UserError,
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
  });
  let isReached = false;
  socket.once("connect", () => isReached = true);
  socket.once("secureConnect", () => resolve(socket));
  // Not once: without a listener, a connection that breaks later would end the process.
  socket.on("error", (error) => {
    reject(isReached ? explain(formatAddress({ hostname: host, port }), error) : error);
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

/** What `node:tls` says is wrong. */
type TlsError = Error & { readonly code?: string };

function notEncrypted(address: string, { message }: TlsError): UserError {
  return new UserError(
    `${address} does not speak TLS as it should (${printable(message)}): check the port. ` +
      "Only if it is known to speak plain text, which everybody on the way can read, write irc://",
  );
}

/** What a certificate that is not accepted is told by, in `node:tls`. */
const CERTIFICATE_FAULT = /CERT|SIGNATURE/;

/** What TLS alone is good for has come to nothing: there is no other way to that server. */
function notAsAsked(address: string, { message, code = "" }: TlsError): UserError {
  const Failure = CERTIFICATE_FAULT.test(code) ? UntrustedError : UserError;
  return new Failure(
    `${address} has asked to be talked to by TLS alone (sts), and does not show that it is the right ` +
      `server (${printable(message)}): somebody may stand in between. Nothing was sent. ` +
      "Try again later, or ask the server's operator",
  );
}

function certificateOf(socket: TLSSocket): ServerCertificate {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new UserError("the server shows no certificate: its operator has to");
  return {
    fingerprint: fingerprintOf(certificate.raw),
    isSignedByAuthority: socket.authorized,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

/** Whom a connection by TLS is with. */
interface Verified extends Pick<Socket, "newFingerprint" | "keyProblem"> {
  /** Keeps for how many seconds to come by TLS alone; undefined: that is not believed, or not kept. */
  readonly keep: ((seconds: number) => void) | undefined;
}

/** A connection by TLS, used as one in plain text is. */
export class EncryptedSocket extends StreamSocket implements Socket {
  /** Part of {@linkcode Socket}. */
  readonly newFingerprint: string | undefined;
  /** Part of {@linkcode Socket}. */
  readonly keyProblem: string | undefined;
  /** Part of {@linkcode Socket}. */
  readonly isEncrypted = true;
  readonly #keep: Verified["keep"];
  #seconds: number | undefined;

  /** Takes over `socket`, whose handshake is done. */
  constructor(socket: TLSSocket, { newFingerprint, keyProblem, keep }: Verified) {
    super(socket);
    this.newFingerprint = newFingerprint;
    this.keyProblem = keyProblem;
    this.#keep = keep;
    // Lines are short, and people wait for them.
    socket.setNoDelay(true);
  }

  /** Part of {@linkcode Socket}. */
  applySts(sts: string): boolean {
    const { seconds } = parseStsPolicy(sts);
    if (seconds !== undefined) this.#keep?.(seconds);
    this.#seconds = seconds ?? this.#seconds;
    return false;
  }

  /** Part of {@linkcode Socket}. */
  override close(): void {
    super.close();
    const seconds = this.#seconds;
    this.#seconds = undefined;
    if (!seconds) return;
    try {
      // sts, "Rescheduling expiry on disconnect": the time counts from the end of the connection.
      this.#keep?.(seconds);
    } catch {
      // It was kept when it began; that has to do.
    }
  }
}
