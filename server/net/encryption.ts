/**
 * Encrypts a connection: puts TLS on top of a socket and gives it the interface of a socket. Does
 * not depend on lines or on the source of certificates.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import type { SecureContext, TLSSocket } from "node:tls";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";
import { printable } from "../../shared/text.ts";
import { PausableTls } from "./pausable_tls.ts";
import { offersHttp } from "./client_hello.ts";
import { Refused } from "./foreign.ts";
import type { Sealed } from "./sealed_input.ts";
import { TLS_TEXTS } from "../texts/net.ts";

/**
 * The code of the error for a self-signed certificate. As the server accepts any issuer, the error
 * means that it did not accept the signature of the handshake: the key is too short, or does not
 * belong to the certificate.
 */
const REFUSED_KEY = "DEPTH_ZERO_SELF_SIGNED_CERT";

/** The errors for the alerts by which a peer refuses a certificate (RFC 8446, section 6.2). */
const UNTRUSTED = /alert: (?:BadCertificate|CertificateUnknown|UnknownCA)$/;

/** The server's end of an encrypted connection. */
export class EncryptedSocket extends StreamSocket implements Sealed {
  /**
   * The fingerprint of the peer's certificate, whose key the peer has proved to have. It is absent
   * without a certificate, and until the handshake is done.
   */
  certificate: string | undefined;
  /** The server name that the peer asked for, if any. */
  servername: string | undefined;
  /** Resolves when the handshake is done; rejects with {@linkcode Refused} if it fails. */
  readonly handshake: Promise<void>;
  /** The number of pieces that were decrypted; see {@linkcode Sealed}. */
  opened = 0;
  readonly #tls: TLSSocket;
  readonly #transport: Duplex & { readonly bytesRead?: number };

  private constructor(tls: TLSSocket, transport: Duplex) {
    super(tls);
    this.#tls = tls;
    this.#transport = transport;
    // This also counts what a library reads from the stream later.
    tls.on("data", () => this.opened++);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.handshake = promise;
    const fail = (reason: string) => reject(new Refused(TLS_TEXTS.failed(reason)));
    promise.catch(() => this.close());
    tls.on("secure", () => {
      // The peer has signed the handshake with the certificate's key (RFC 8446, section 4.4.3).
      const certificate = tls.getPeerX509Certificate();
      if (certificate) this.certificate = fingerprintOf(certificate.raw);
      this.servername = servernameOf(tls);
      resolve();
    });
    for (const stream of [tls, transport]) stream.on("close", () => fail(TLS_TEXTS.closed));
    tls.on("end", () => fail(TLS_TEXTS.closed));
    tls.on("error", (error: Error & { readonly code?: string }) => {
      fail(reasonOf(error));
      // Closing also ends the reads, with an error.
      this.close();
    });
  }

  /**
   * Starts the server's end of TLS on `transport`, with the key and certificate of `context`.
   * `hello` has the peer's first message, which the transport delivers again.
   */
  static begin(transport: Duplex, hello: Uint8Array, context: SecureContext): EncryptedSocket {
    const tls = new PausableTls(transport, {
      isServer: true,
      secureContext: context,
      // Clients are asked for a certificate, by which they can be recognized; no authority has to
      // sign it. Browsers are not asked, because they would then refuse to open a WebSocket.
      requestCert: !offersHttp(hello),
      rejectUnauthorized: false,
    });
    return new EncryptedSocket(tls, transport);
  }

  /** The number of bytes that were received, still encrypted; see {@linkcode Sealed}. */
  get taken(): number {
    return this.#transport.bytesRead ?? 0;
  }

  /** Ends the connection, because nothing that it receives can be decrypted. */
  giveUp(): void {
    this.#tls.destroy(new Error(TLS_TEXTS.undecryptable));
  }

  /** Closes the connection without the alert that ends TLS (`close_notify`). */
  override close(): void {
    super.close();
    this.#transport.destroy();
  }
}

function reasonOf({ code, message }: Error & { readonly code?: string }): string {
  if (code === REFUSED_KEY) return TLS_TEXTS.refusedKey;
  return UNTRUSTED.test(message) ? TLS_TEXTS.untrusted : printable(message);
}

/** Returns the name that the client asked for (RFC 6066, section 3). */
function servernameOf(tls: TLSSocket & { readonly servername?: unknown }): string | undefined {
  return typeof tls.servername === "string" ? tls.servername : undefined;
}
