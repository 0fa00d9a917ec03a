/**
 * One connection, encrypted: TLS between a socket and whoever reads and writes it, which looks to
 * them as the socket did. Knows nothing of lines and of where certificates come from.
 *
 * @module
 */

import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Clock } from "../../clock.ts";
import { fingerprintOf } from "../../fingerprint.ts";
import type { Socket } from "../connection.ts";

/** How long the other side has to finish the handshake. */
export const HANDSHAKE_MS = 10_000;

/** As much as is read at once; a longer record of TLS comes in pieces. */
const BUFFER_BYTES = 4 * 1024;
/** With so much decrypted that nobody has read, no more is taken from the other side. */
const UNREAD_BYTES = 16 * 1024;

/** What it takes to encrypt. */
export interface EncryptionParts {
  /** The key and the certificate to show. */
  readonly context: SecureContext;
  /** The time. */
  readonly clock: Clock;
}

/**
 * The server's end of a connection that has begun TLS with the bytes `begun`, which were read from
 * `socket` already. Who does not finish the handshake within {@linkcode HANDSHAKE_MS} is cut off.
 */
export function encrypted(socket: Socket, begun: Uint8Array, parts: EncryptionParts): Socket {
  return new EncryptedSocket(socket, begun, parts);
}

class EncryptedSocket implements Socket {
  certificate: string | undefined;
  readonly #transport: Transport;
  readonly #tls: TLSSocket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What was decrypted and did not fit into what it was to be read into. */
  #rest: Uint8Array = new Uint8Array();

  constructor(socket: Socket, begun: Uint8Array, { context, clock }: EncryptionParts) {
    this.#transport = new Transport(
      socket,
      begun,
      () => this.#tls.readableLength + this.#rest.length >= UNREAD_BYTES,
    );
    this.#tls = new TLSSocket(this.#transport, {
      isServer: true,
      secureContext: context,
      // Asked for and judged by nobody: who has a certificate can be recognised by it.
      requestCert: true,
      rejectUnauthorized: false,
    });
    const inTime = clock.after(HANDSHAKE_MS, () => this.close());
    this.#tls.on("secure", () => {
      inTime();
      // Its key was needed to sign what both sides said until now (RFC 8446, section 4.4.3).
      const certificate = this.#tls.getPeerX509Certificate();
      if (certificate) this.certificate = fingerprintOf(certificate.raw);
    });
    this.#tls.on("close", inTime);
    // Whoever reads hears of the failure as well.
    this.#tls.on("error", () => this.close());
    this.#chunks = this.#tls.iterator({ destroyOnReturn: false });
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    this.#transport.proceed();
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#tls.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#tls.end(resolve));
  }

  close(): void {
    this.#tls.destroy();
    this.#transport.destroy();
  }
}

/** A socket as a stream of Node's, which begins with what has been read from it already. */
class Transport extends Duplex {
  readonly #socket: Socket;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #isFull: () => boolean;
  #begun: Uint8Array | undefined;
  #held = false;

  /** While it `isFull` behind this, nothing is read: a TLSSocket by itself takes all that comes. */
  constructor(socket: Socket, begun: Uint8Array, isFull: () => boolean) {
    super({ readableHighWaterMark: BUFFER_BYTES, writableHighWaterMark: BUFFER_BYTES });
    this.#socket = socket;
    this.#begun = begun;
    this.#isFull = isFull;
  }

  /** It may not be full any more. */
  proceed(): void {
    if (!this.#held || this.#isFull()) return;
    this.#held = false;
    this.#pull();
  }

  override _read(): void {
    const begun = this.#begun;
    this.#held = begun === undefined && this.#isFull();
    if (this.#held) return;
    if (begun === undefined) return this.#pull();
    this.#begun = undefined;
    // Not before the TLSSocket has started, or it throws at a bad handshake where nobody can catch it.
    setImmediate(() => this.push(begun));
  }

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#writeAll(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.close();
    done(error);
  }

  #pull(): void {
    this.#socket.read(this.#buffer).then(
      (count) => this.push(count === null ? null : this.#buffer.slice(0, count)),
      (error) => this.destroy(error),
    );
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }
}
