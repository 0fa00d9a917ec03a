/**
 * Encrypts a connection: puts TLS on top of a socket and gives it the interface of a socket. Does
 * not depend on lines or on the source of certificates.
 *
 * @module
 */

import { type SecureContext, TLSSocket } from "node:tls";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { printable } from "../../shared/text.ts";
import type { Socket } from "../../shared/socket.ts";
import { offersHttp } from "./client_hello.ts";
import { Refused } from "./foreign.ts";
import { type SocketStream, streamOf } from "./socket_stream.ts";
import { TLS_TEXTS } from "../texts/net.ts";

/** The number of decrypted, unread bytes at which reading from the peer stops. */
const UNREAD_BYTES = 16 * 1024;
/**
 * The number of received bytes, none of which could be decrypted, at which reading from the peer
 * stops. Then a record claims to be longer than allowed, and the library would buffer all of it.
 */
const SEALED_BYTES = 64 * 1024;

/**
 * The code of the error for a self-signed certificate. As the server accepts any issuer, the error
 * means that it did not accept the signature of the handshake: the key is too short, or does not
 * belong to the certificate.
 */
const REFUSED_KEY = "DEPTH_ZERO_SELF_SIGNED_CERT";

/** The server's end of an encrypted connection. */
export interface Encrypted extends Socket {
  /**
   * The fingerprint of the peer's certificate, whose key the peer has proved to have. It is absent
   * without a certificate, and until the handshake is done.
   */
  readonly certificate: string | undefined;
  /** The server name that the peer asked for, if any. */
  readonly servername: string | undefined;
  /** Resolves when the peer's first message is complete and the answer is being sent. */
  readonly answered: Promise<void>;
  /** Resolves when the handshake is done; rejects with {@linkcode Refused} if it fails. */
  readonly handshake: Promise<void>;
}

/**
 * Returns the server's end of a TLS connection on `socket`, with the key and certificate of
 * `context`. `begun` are the bytes that were already read from the socket: the first record, if all
 * of it has come.
 */
export function encrypted(socket: Socket, begun: Uint8Array, context: SecureContext): Encrypted {
  return new EncryptedSocket(socket, begun, context);
}

class EncryptedSocket implements Encrypted {
  certificate: string | undefined;
  servername: string | undefined;
  readonly answered: Promise<void>;
  readonly handshake: Promise<void>;
  readonly #transport: SocketStream;
  readonly #tls: TLSSocket;
  readonly #decrypted: StreamSocket;
  /** The number of received bytes at the last decryption. */
  #opened = 0;

  constructor(socket: Socket, begun: Uint8Array, context: SecureContext) {
    this.#transport = streamOf(socket, begun, () => this.#isFull);
    this.answered = this.#transport.answered;
    this.#tls = new TLSSocket(this.#transport, {
      isServer: true,
      secureContext: context,
      // Clients are asked for a certificate, by which they can be recognized; no authority has to
      // sign it. Browsers are not asked, because they would give up the WebSocket.
      requestCert: !offersHttp(begun),
      rejectUnauthorized: false,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.handshake = promise;
    const fail = (reason: string) => reject(new Refused(TLS_TEXTS.failed(reason)));
    promise.catch(() => this.close());
    this.#tls.on("secure", () => {
      // The peer has signed the handshake with the certificate's key (RFC 8446, section 4.4.3).
      const certificate = this.#tls.getPeerX509Certificate();
      if (certificate) this.certificate = fingerprintOf(certificate.raw);
      this.servername = servernameOf(this.#tls);
      this.#proceed();
      resolve();
    });
    this.#tls.on("close", () => fail(TLS_TEXTS.closed));
    this.#transport.on("end", () => fail(TLS_TEXTS.closed));
    this.#tls.on("error", (error: Error & { readonly code?: string }) => {
      fail(error.code === REFUSED_KEY ? TLS_TEXTS.refusedKey : printable(error.message));
      // Reads end with an error, too.
      this.close();
    });
    this.#decrypted = new StreamSocket(this.#tls);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const count = await this.#decrypted.read(into);
    this.#proceed();
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#decrypted.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#decrypted.closeWrite();
  }

  close(): void {
    this.#tls.destroy();
    this.#transport.destroy();
  }

  get #isFull(): boolean {
    return this.#decrypted.unread >= UNREAD_BYTES ||
      this.#transport.taken - this.#opened >= SEALED_BYTES;
  }

  #proceed(): void {
    this.#opened = this.#transport.taken;
    this.#transport.proceed();
  }
}

/** Returns the name that the client asked for (RFC 6066, section 3). */
function servernameOf(tls: TLSSocket & { readonly servername?: unknown }): string | undefined {
  return typeof tls.servername === "string" ? tls.servername : undefined;
}
