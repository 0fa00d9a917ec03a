/**
 * Connects to servers: with TLS to a trusted server, or in plain text until the server asks for
 * TLS. Sends no line.
 *
 * @module
 */

import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { type Address, formatAddress } from "../../shared/address.ts";
import type { Clock } from "../../shared/clock.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { printable } from "../../shared/text.ts";
import { DIAL_TEXTS } from "../texts/net.ts";
import { AUTHORITY, KnownServers } from "./known_servers.ts";
import type { DialSocket, Socket } from "./socket_stream.ts";
import { type KeyPair, loadOrMakeKey, NoKeyError } from "./own_key.ts";
import { parseStsPolicy, StsPolicies } from "./strict_transport.ts";
import { type ServerCertificate, UntrustedError, verify } from "./trust.ts";
import { unreachableError } from "./unreachable.ts";

/** The conditions on which a server is trusted. */
export interface TrustOptions {
  /** The only fingerprint to trust. If undefined, authorities and the known servers decide. */
  readonly fingerprint?: string;
  /**
   * The folder of the user's key and of the known servers. Without it, servers do not recognize the
   * user.
   */
  readonly folder?: string;
  /**
   * True if the host has an STS policy (https://ircv3.net/specs/extensions/sts): an unknown server
   * then needs a certificate from an authority.
   */
  readonly isStrict?: boolean;
  /**
   * True if the server is on this machine: any certificate is accepted then, and none is
   * remembered.
   */
  readonly isHere?: boolean;
}

/** The dependencies of a dialer, which tests replace. */
export interface DialParts {
  /** The time. */
  readonly clock: Clock;
  /** Certificates of authorities, in PEM; if undefined, the runtime's list, which is Mozilla's. */
  readonly authorities?: readonly string[];
}

/** Connects in plain text, which others can read and change in transit. */
export async function dialPlain(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await Deno.connect({ hostname, port, signal });
  // Lines are short, and users wait for them.
  socket.setNoDelay(true);
  return socket;
}

/**
 * Returns a function that connects in plain text. If the server asked for TLS on an earlier
 * connection of this function, or its STS policy in the folder has not expired, the function
 * connects with TLS only.
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
  let announced: number | undefined;
  return async (hostname, port, signal) => {
    const kept = policies?.portOf(hostname.toLowerCase(), parts.clock.now());
    const securePort = kept ?? announced;
    if (securePort === undefined) {
      const socket = await dialPlain(hostname, port, signal);
      return {
        read: (into) => socket.read(into),
        write: (bytes) => socket.write(bytes),
        close: () => socket.close(),
        applySts: (sts) => (announced = parseStsPolicy(sts).port) !== undefined,
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

/**
 * Returns a function that connects with TLS 1.2 or 1.3, and rejects with a `UserError` if the
 * server is not trusted.
 */
export function dialEncrypted(
  { fingerprint, folder, isStrict = false, isHere = false }: TrustOptions,
  { clock, authorities }: DialParts,
): DialSocket {
  const known = folder === undefined ? undefined : new KnownServers(`${folder}/known_servers`);
  const policies = policiesIn(folder);
  return async (hostname, port, signal) => {
    const host = hostname.toLowerCase();
    const address = formatAddress({ hostname: host, port });
    const expected = { address, known, ...(fingerprint !== undefined && { fingerprint }) };
    const { keyProblem, ...keyPair } = folder === undefined ? {} : await keyIn(folder);
    // If `isStrict`, an unknown server needs a certificate from an authority, and so does a server
    // that had one before. The handshake itself then rejects other certificates. In all other
    // cases, `verify` decides after the handshake.
    const rejectUnauthorized = isStrict &&
      (known?.find(address)?.identity ?? AUTHORITY) === AUTHORITY;
    const options = {
      ...keyPair,
      ...(authorities && { ca: [...authorities] }),
      rejectUnauthorized,
    };
    const toError = (address: string, error: TlsError) => {
      if (!rejectUnauthorized && error.code === REFUSED_KEY) {
        return new UserError(DIAL_TEXTS.refusedKey(address));
      }
      return isStrict ? requiredTlsFailed(address, error) : noTls(address, error);
    };
    const socket = await shakeHands({ hostname, port }, signal, options, toError);
    if (isHere) {
      return new EncryptedSocket(socket, {
        newFingerprint: undefined,
        keyProblem,
        keep: undefined,
      });
    }
    try {
      const newFingerprint = verify(certificateOf(socket), expected, clock.now());
      // If a server without an authority has just been trusted for the first time, its policy is
      // not kept.
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

/**
 * Does the part of a first handshake that does not depend on the server: loads or makes the user's
 * key, and loads the code of TLS. On a slow machine, this takes longer than the rest.
 *
 * @throws {UserError} if the key cannot be used.
 */
export async function prepareHandshake(folder: string | undefined): Promise<void> {
  await Promise.all([import("node:tls"), folder === undefined ? undefined : keyIn(folder)]);
}

/**
 * Returns the user's key, or the reason why there is none. Without a key, the connection is just as
 * safe, but the server does not recognize the user.
 */
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

/**
 * Resolves after the TLS handshake, in which the server proves that it has the key of its
 * certificate.
 */
async function shakeHands(
  { hostname, port }: Required<Address>,
  signal: AbortSignal,
  options: Pick<ConnectionOptions, "ca" | "cert" | "key" | "rejectUnauthorized">,
  toError: (address: string, error: TlsError) => UserError,
): Promise<TLSSocket> {
  // TLS is loaded only when needed, because loading it takes longer than loading the rest of the
  // client.
  const { connect } = await import("node:tls");
  signal.throwIfAborted();
  const host = hostname.toLowerCase();
  const connection = hostname.includes("%")
    ? await connectToZone(hostname, port, signal)
    : undefined;
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect({
    host,
    port,
    ...(connection && { socket: connection }),
    // TLS names the server by a host name, never by an address (RFC 6066, section 3). The
    // certificate must have that name.
    ...(isIP(host) === 0 && { servername: host }),
    ...options,
  });
  let isReached = connection !== undefined;
  socket.once("connect", () => isReached = true);
  socket.once("secureConnect", () => resolve(socket));
  // Not `once`: without a listener, a connection that breaks later would end the process.
  socket.on("error", (error) => {
    reject(isReached ? toError(formatAddress({ hostname: host, port }), error) : error);
  });
  const abort = () => {
    // A server without TLS may wait for the end of a line, and not answer. So a timeout counts as a
    // failed handshake.
    const noAnswer = { name: "Error", message: "aborted", code: "ECONNRESET" };
    reject(
      isReached ? toError(formatAddress({ hostname: host, port }), noAnswer) : new Error("aborted"),
    );
    socket.destroy();
  };
  signal.addEventListener("abort", abort);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Connects to an address with a zone, such as `fe80::1%eth0`, which `node:net` cannot do. */
async function connectToZone(hostname: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const { Duplex } = await import("node:stream");
  return Duplex.fromWeb(await Deno.connect({ hostname, port, signal }));
}

/** An error of `node:tls`. */
type TlsError = Error & { readonly code?: string };

/** The error of a TLS handshake that has failed although the server answered. */
export class NoTlsError extends UserError {
  /** The error's name, as stack traces show it. */
  override name = "NoTlsError";
}

/**
 * The code of the error for a self-signed certificate. Where any issuer is accepted, it means that
 * the signature of the handshake was rejected, because the key is too short.
 */
const REFUSED_KEY = "DEPTH_ZERO_SELF_SIGNED_CERT";
/** The code of the error for an answer that is not a record of TLS. */
const NOT_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";

function noTls(address: string, { message, code }: TlsError): UserError {
  if (code === NOT_TLS) return new NoTlsError(...DIAL_TEXTS.plainTextPort(address));
  // A forwarded port closes each connection while the server behind it is not up, so it may help to
  // try again.
  if (code === "ECONNRESET") return new UnreachableError(...DIAL_TEXTS.noTlsAnswer(address));
  return new NoTlsError(...DIAL_TEXTS.noTls(address, printable(message)));
}

/** Matches the codes of errors that `node:tls` reports about a certificate. */
const CERTIFICATE_FAULT = /CERT|SIGNATURE/;

/** Returns the error for a failed handshake with a server that allows TLS only. */
function requiredTlsFailed(address: string, { message, code = "" }: TlsError): UserError {
  const Failure = CERTIFICATE_FAULT.test(code) ? UntrustedError : UserError;
  return new Failure(DIAL_TEXTS.requiredTlsFailed(address, printable(message)));
}

function certificateOf(socket: TLSSocket): ServerCertificate {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new UserError(DIAL_TEXTS.noCertificate);
  return {
    fingerprint: fingerprintOf(certificate.raw),
    isSignedByAuthority: socket.authorized,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

/** The facts about a trusted server. */
interface TrustedServer extends Pick<Socket, "newFingerprint" | "keyProblem"> {
  /** Keeps the server's `sts` policy for `seconds`; undefined if the policy must not be kept. */
  readonly keep: ((seconds: number) => void) | undefined;
}

/** A socket with TLS. */
export class EncryptedSocket extends StreamSocket implements Socket {
  /** Part of {@linkcode Socket}. */
  readonly newFingerprint: string | undefined;
  /** Part of {@linkcode Socket}. */
  readonly keyProblem: string | undefined;
  /** Part of {@linkcode Socket}. */
  readonly isEncrypted = true;
  readonly #keep: TrustedServer["keep"];
  /** The duration of the last policy, in seconds. */
  #duration: number | undefined;

  /** Takes over `socket`, whose handshake is done. */
  constructor(socket: TLSSocket, { newFingerprint, keyProblem, keep }: TrustedServer) {
    super(socket);
    this.newFingerprint = newFingerprint;
    this.keyProblem = keyProblem;
    this.#keep = keep;
    // Lines are short, and users wait for them.
    socket.setNoDelay(true);
  }

  /** Part of {@linkcode Socket}. */
  applySts(sts: string): boolean {
    const { seconds } = parseStsPolicy(sts);
    if (seconds !== undefined) this.#keep?.(seconds);
    this.#duration = seconds ?? this.#duration;
    return false;
  }

  /** Part of {@linkcode Socket}. */
  override close(): void {
    super.close();
    const duration = this.#duration;
    this.#duration = undefined;
    if (!duration) return;
    try {
      // The duration begins again here (https://ircv3.net/specs/extensions/sts, "Rescheduling
      // expiry on disconnect").
      this.#keep?.(duration);
    } catch {
      // The policy was also kept when it arrived; that is enough.
    }
  }
}
